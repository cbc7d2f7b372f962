"""From the rules' answers to cards, in one language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

import msgspec

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.act.order_words import OrderText, OrderWords
from livedo.act.orders import FAILED, Orders, Verdict
from livedo.act.precedence import Standing, standing
from livedo.act.quantities_in_words import as_units
from livedo.act.reasons import facts_by_reference, spoken
from livedo.act.result import PatientResult
from livedo.act.rows import LAST_DUE_GROUP, QUIET, Engine, Rows
from livedo.assess.answer import Judgement
from livedo.record.tables import Instant, PatientRecord
from livedo.surfaces.hooks.cards import (
    TOPIC_SYSTEM,
    Card,
    CardNames,
    Coding,
    Link,
    Sheet,
    Source,
    fitted,
    override_reasons,
)
from livedo.surfaces.hooks.files import load_hooks
from livedo.surfaces.hooks.settings import HookSettings

log = logging.getLogger(__name__)

HEADS = ("state", "worklist", "outside")
"""Kinds that put reasons together; the card's summary says what they say."""

NOT_JUDGED = "could_not"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What every card of one call is made with."""

    service: str
    instance: str
    record: PatientRecord
    as_of: Instant
    page: str | None = None
    """The address of the person's page, where there is one."""
    unsent: tuple[str, ...] = ()
    """What was asked for and did not come, or not wholly."""


class Speaker:
    """Makes cards in one language."""

    def __init__(
        self, engine: Engine, orders: Orders, names: CardNames, settings: HookSettings, lang: str
    ) -> None:
        self.words = FactWords(engine.knowledge, lang, as_units(settings.units), settings.time_zone)
        self.wording = self.words.wording
        self.rows = Rows(engine, self.words)
        self.order_words = OrderWords(orders, self.words)
        self.files = load_hooks()
        self.names = names
        self.settings = settings
        is_danish = lang == "da"
        groups = engine.knowledge.groups
        self._groups = {g.id: g.title.da if is_danish else g.title.en for g in groups}

    # -- a person is opened --------------------------------------------------------------

    def patient_cards(self, call: Call) -> tuple[Card, ...]:
        """At most one card: only for a person who stands where something is due."""
        judgement = self.rows.judge(call.record, call.as_of)
        place = standing(judgement, self.rows.book)
        failed = self._failed(judgement)
        if place.group not in QUIET and place.precedence <= LAST_DUE_GROUP:
            return (self._patient_card(call, judgement, place, failed),)
        if failed:
            return (self.not_judged(call, failed[0], self._titles(failed)),)
        return ()

    def _patient_card(
        self, call: Call, judgement: Judgement, place: Standing, failed: Sequence[str]
    ) -> Card:
        result = self.rows.result(call.record, judgement, place)
        group = self._groups[place.group]
        why = self.wording.text("hooks.summary", what=group, why=result.why)
        return self._card(
            call,
            rule=f"worklist/{place.group}",
            part="",
            summary=fitted(why if result.why else group, group),
            indicator=self.files.groups[place.group],
            topic=(place.group, group),
            detail=self._patient_detail(call, judgement, place, result, failed),
            overrides=self.files.overrides,
        )

    def _patient_detail(
        self,
        call: Call,
        judgement: Judgement,
        place: Standing,
        result: PatientResult,
        failed: Sequence[str],
    ) -> str | None:
        shown, rules = self.files.shown, self.rows.book.rules
        steps = [s.text for s in result.next if s.id not in self.files.steps_left_out]
        sheet = Sheet(self.wording)
        sheet.list("why", self._reasons(call, judgement, place), shown.reasons)
        unknown = dict.fromkeys(capitalised(one.text) for one in result.unknown)
        sheet.list("not_known", [*list(unknown)[: shown.unknown], *self._unsent(call)])
        sheet.list("could_do", steps, shown.steps)
        sheet.list("not_judged", self._titles(failed))
        is_reviewed = all(rules[r.rule].review.by for r in result.reasons)
        return self._closed(sheet, call, is_reviewed)

    def _reasons(self, call: Call, judgement: Judgement, place: Standing) -> Iterator[str]:
        """What speaks for the person's place first, each fact told once."""
        book, words = self.rows.book, self.rows.reasons
        facts = facts_by_reference(call.record)
        behind = book.behind(f"worklist/{place.group}", judgement)
        speaking = [
            a for a in spoken(judgement, place, book) if book.rules[a.rule].kind not in HEADS
        ]
        told: set[str] = set()
        for answer in sorted(speaking, key=lambda a: a.rule not in behind):
            own = {r for r in answer.evidence if r in facts and words.is_own(answer.rule, facts[r])}
            if own - told:
                told |= own
                yield words.finding(answer, facts, judgement)

    # -- prescriptions are written -------------------------------------------------------

    def order_card(self, call: Call, verdict: Verdict) -> Card:
        """The card of one verdict about one draft."""
        family = verdict.family
        said = self.order_words.text(verdict, call.record)
        title = family.title.da if self.words.lang == "da" else family.title.en
        return self._card(
            call,
            rule=verdict.told.rule,
            part=f"{verdict.draft.name}\n{family.id}",
            summary=fitted(said.summary, said.short),
            indicator=verdict.indicator,
            topic=(family.id, title),
            detail=self._order_detail(call, said),
            overrides=family.overrides,
        )

    def _order_detail(self, call: Call, said: OrderText) -> str | None:
        shown = self.files.shown
        sheet = Sheet(self.wording)
        sheet.list("ask_first", said.asked_first)
        sheet.list("why", said.why, shown.reasons)
        sheet.list("not_known", [*said.not_known[: shown.unknown], *self._unsent(call)])
        sheet.list("could_do", said.todo, shown.steps)
        sheet.list("not_judged", said.not_judged)
        if said.claims:
            sheet.line("rests_on", {"claims": ", ".join(said.claims[: shown.claims])})
        return self._closed(sheet, call, said.is_reviewed)

    # -- parts ---------------------------------------------------------------------------

    def not_judged(self, call: Call, rule: str, titles: Sequence[str], part: str = "") -> Card:
        """Said in place of an answer where a rule failed."""
        what = ", ".join(titles)
        summary = self.wording.text("hooks.could_not.summary", what=what)
        sheet = Sheet(self.wording).list("not_judged", titles).line("not_judged_means")
        return self._card(
            call,
            rule=rule,
            part=part or NOT_JUDGED,
            summary=fitted(summary, self.wording.text("hooks.could_not.short")),
            indicator="info",
            topic=(NOT_JUDGED, self.wording.text("hooks.could_not.short")),
            detail=sheet.text(),
            overrides=self.files.overrides,
        )

    def _closed(self, sheet: Sheet, call: Call, is_reviewed: bool) -> str | None:
        sheet.line("as_of", {"when": self.words.dates.moment(call.as_of)})
        if not is_reviewed:
            sheet.line("not_reviewed")
        return sheet.text()

    def _unsent(self, call: Call) -> list[str]:
        """Diagnoses: not sent, or not in full."""
        return [self.wording.text(f"hooks.unsent.{key}") for key in call.unsent]

    def _failed(self, judgement: Judgement) -> list[str]:
        """The rules that could not be judged themselves, not those that ask them."""
        missing = [m for answer in judgement.answers.values() for m in answer.missing]
        return sorted({m.concept for m in missing if m.why == FAILED})

    def _titles(self, rules: Sequence[str]) -> list[str]:
        known = self.rows.book.rules
        return [self.rows.reasons.title(rule) for rule in rules if rule in known]

    def _card(
        self,
        call: Call,
        *,
        rule: str,
        part: str,
        summary: str,
        indicator: str,
        topic: tuple[str, str],
        detail: str | None,
        overrides: Sequence[str],
    ) -> Card:
        code, display = topic
        page = call.page
        label = self.wording.text("hooks.source")
        return Card(
            uuid=self.names.of(call.service, rule, call.instance, part),
            summary=summary,
            indicator=indicator,  # type: ignore[arg-type]
            source=Source(
                label=label,
                url=self.settings.base_url or None,
                topic=Coding(system=TOPIC_SYSTEM, code=code, display=display),
            ),
            detail=detail,
            override_reasons=override_reasons(overrides, self.wording),
            links=(Link(label=self.wording.text("hooks.link"), url=page, type="absolute"),)
            if page
            else (),
        )


def guarded(make: Callable[[], tuple[Card, ...]], instead: Callable[[], Card]) -> tuple[Card, ...]:
    """The cards, or one that says that they could not be made."""
    try:
        return make()
    except Exception as error:
        # The error may quote a value, so only its kind is logged.
        log.warning("a card could not be made: %s", type(error).__name__)
        return (instead(),)
