"""The palpation round: who is due, where to feel, which places to protect.

That a person was not examined, declined or could not be reached is unknown, never clear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from livedo.act.facts_in_words import FactWords
from livedo.act.page import PalpationPart, load_page
from livedo.act.precedence import OUTSIDE, Standing, is_yes
from livedo.act.result import (
    PalpationDue,
    PalpationPlan,
    PalpationRound,
    RoundMark,
    SiteLine,
    SiteStatus,
)
from livedo.act.rule_book import RuleBook
from livedo.assess.answer import Judgement
from livedo.instants import DAY
from livedo.record.tables import Fact, Instant, PatientRecord

SIDES = ("left", "right")


class Round(msgspec.Struct, frozen=True):
    """One palpation that was done, with what was found the same day."""

    at: Instant
    findings: tuple[Fact, ...]


class PalpationRounds:
    """Reads a person's palpations and words when the next one is due."""

    def __init__(self, book: RuleBook, words: FactWords) -> None:
        self.book = book
        self.words = words
        self.part = load_page().palpation
        vocabulary = words.knowledge.vocabulary
        self._skin = frozenset(vocabulary.descendants(load_page().skin.any))
        self._told = self._skin | {self.part.done}
        self._families = [frozenset(vocabulary.descendants(id)) for id in self.part.joined]
        self._felt = frozenset(load_page().skin.felt)
        self.interval_days = _interval(book, self.part)
        self.protecting = book.asks_for(self.part.protected_by_step)

    # -- when ----------------------------------------------------------------------------

    def due(self, record: PatientRecord, as_of: Instant, standing: Standing) -> PalpationDue:
        """When the skin was last palpated and how far over the interval that is."""
        if standing.state == OUTSIDE:
            return PalpationDue(status="not_in_round")
        rounds = self.rounds(record, as_of)
        strip = self._strip(rounds, record, as_of)
        if not rounds:
            return PalpationDue(
                status="never",
                interval_days=self.interval_days,
                text=self.words.text("palpation.never"),
                rounds=strip,
            )
        return self._since(rounds[-1].at, as_of, strip)

    def _since(
        self, last: Instant, as_of: Instant, strip: tuple[PalpationRound, ...]
    ) -> PalpationDue:
        days = self.words.dates.days_between(last, as_of)
        interval = self.interval_days
        over = max(0, days - interval) if interval is not None else 0
        due_on = None if interval is None else self.words.dates.full(last + interval * DAY)
        return PalpationDue(
            status="overdue" if over else "done",
            last_at=last,
            last_on=self.words.dates.full(last),
            days_since=days,
            days_over=over,
            due_on=due_on,
            interval_days=interval,
            text=self._short(days, over),
            rounds=strip,
        )

    def _short(self, days: int, over: int) -> str:
        if over:
            return self.words.text("palpation.over", count=over)
        if days == 0:
            return self.words.text("palpation.today")
        return self.words.text("palpation.ago", count=days)

    # -- rounds --------------------------------------------------------------------------

    def rounds(self, record: PatientRecord, as_of: Instant) -> list[Round]:
        """Palpations done and known by now, oldest first, one a day."""
        done: dict[date, Instant] = {}
        found: dict[date, list[Fact]] = defaultdict(list)
        local_day = self.words.dates.local_day
        for fact in record.facts:
            concept = fact.concept
            if concept not in self._told or fact.known_at > as_of or fact.start_from > as_of:
                continue
            if concept != self.part.done:
                found[local_day(fact.start_at)].append(fact)
            elif fact.present == "yes":
                done[local_day(fact.start_at)] = fact.start_at
        return [Round(done[day], tuple(found.get(day, ()))) for day in sorted(done)]

    def _strip(
        self, rounds: Sequence[Round], record: PatientRecord, as_of: Instant
    ) -> tuple[PalpationRound, ...]:
        """The last months, oldest first; nothing before the person joined."""
        by_month: dict[tuple[int, int], Round] = {}
        for one in rounds:
            day = self.words.dates.local_day(one.at)
            by_month[day.year, day.month] = one
        today = self.words.dates.local_day(as_of)
        joined = self._joined(record, as_of)
        months = [m for m in _months_back(today, self.part.rounds) if joined is None or m >= joined]
        if months and months[-1] not in by_month and self._is_still_time(rounds, as_of):
            months.pop()
        return tuple(self._mark(by_month.get(month)) for month in months)

    def _is_still_time(self, rounds: Sequence[Round], as_of: Instant) -> bool:
        if not rounds or self.interval_days is None:
            return False
        return self.words.dates.days_between(rounds[-1].at, as_of) <= self.interval_days

    def _mark(self, one: Round | None) -> PalpationRound:
        if one is None:
            mark: RoundMark = "not_done"
            return PalpationRound(mark=mark, on="", text=self.words.text(f"palpation.mark.{mark}"))
        mark = round_mark(one)
        on = self.words.dates.full(one.at)
        text = self.words.text(
            "palpation.round", on=on, mark=self.words.text(f"palpation.mark.{mark}")
        )
        return PalpationRound(mark=mark, on=on, text=text)

    def _joined(self, record: PatientRecord, as_of: Instant) -> tuple[int, int] | None:
        for family in self._families:
            starts = [
                fact.start_from
                for fact in record.facts
                if fact.concept in family and fact.known_at <= as_of and fact.present == "yes"
            ]
            if starts:
                day = self.words.dates.local_day(min(starts))
                return day.year, day.month
        return None

    # -- where ---------------------------------------------------------------------------

    def plan(
        self, record: PatientRecord, judgement: Judgement, standing: Standing
    ) -> PalpationPlan:
        """Where to feel, what was found there last, and which places to spare."""
        as_of = judgement.as_of
        due = self.due(record, as_of, standing)
        rounds = self.rounds(record, as_of)
        return PalpationPlan(
            due=due,
            sites=tuple(self._sites(rounds[-1] if rounds else None)),
            protected=tuple(self.protected(record, judgement)),
            text=self._plan_text(due),
            claims=self.part.claims,
        )

    def _plan_text(self, due: PalpationDue) -> str:
        rest = self.words.text("palpation.plan_never_excludes")
        if due.status == "never":
            return f"{self.words.text('palpation.plan_never')} {rest}"
        if due.status == "overdue":
            over = self.words.text(
                "palpation.plan_overdue", count=due.days_over, interval=due.interval_days
            )
            return f"{over} {rest}"
        if due.status == "done":
            done = self.words.text("palpation.plan_done", on=due.last_on, due=due.due_on)
            return f"{done} {rest}"
        return ""

    def _sites(self, last: Round | None) -> Iterable[SiteLine]:
        vocabulary = self.words.knowledge.vocabulary
        for body_site in vocabulary.body_sites_of(self.part.body_site_class):
            for side in SIDES:
                yield self._site(body_site, side, last)

    def _site(self, body_site: str, side: str, last: Round | None) -> SiteLine:
        status: SiteStatus = "unknown"
        if last is not None:
            status = site_status(last, body_site, side, self._felt)
        is_known = status != "unknown" and last is not None
        return SiteLine(
            body_site=body_site,
            side=side,
            text=self.words.site(body_site, side),
            status=status,
            on=self.words.dates.full(last.at) if last is not None and is_known else "",
            reason="" if is_known else self.words.text("palpation.not_examined"),
        )

    def protected(self, record: PatientRecord, judgement: Judgement) -> Iterable[SiteLine]:
        """Places named by the facts behind every rule that asks to protect a site."""
        references = {
            ref
            for rule_id in self.protecting
            if is_yes(judgement, rule_id)
            for ref in judgement.answers[rule_id].evidence
        }
        newest: dict[tuple[str, str], Fact] = {}
        for fact in record.facts:
            is_skin = fact.concept in self._skin and fact.present == "yes"
            if is_skin and fact.body_site and f"fact:{fact.fact_id}" in references:
                key = (fact.body_site, fact.side or "")
                if key not in newest or newest[key].start_at < fact.start_at:
                    newest[key] = fact
        for (body_site, side), fact in sorted(newest.items()):
            text = self.words.site(body_site, side or None)
            on = self.words.dates.short(fact.start_at, judgement.as_of)
            yield SiteLine(
                body_site=body_site,
                side=side,
                text=text,
                status="felt" if fact.concept in self._felt else "seen",
                on=on,
                reason=self.words.name(fact.concept),
            )


def round_mark(one: Round) -> RoundMark:
    """Something felt or seen, clear, or done without a recorded result."""
    if any(fact.present == "yes" for fact in one.findings):
        return "felt"
    return "clear" if any(fact.present == "no" for fact in one.findings) else "unknown"


def site_status(one: Round, body_site: str, side: str, felt: frozenset[str]) -> SiteStatus:
    """What a palpation says about one place; a place not named is unknown."""
    here = [f for f in one.findings if _speaks_for(f, body_site, side)]
    positive = [fact for fact in here if fact.present == "yes"]
    if positive:
        return "felt" if any(fact.concept in felt for fact in positive) else "seen"
    return "clear" if any(fact.present == "no" for fact in here) else "unknown"


def _speaks_for(fact: Fact, body_site: str, side: str) -> bool:
    """A "no" without a body site speaks for the whole skin; a "yes" without one for no place."""
    if fact.body_site is None:
        return fact.present == "no"
    return fact.body_site == body_site and fact.side in {side, "both"}


def _interval(book: RuleBook, part: PalpationPart) -> int | None:
    """The interval of the rules of surveillance: the shortest window they look back for it."""
    windows = [
        days
        for rule_id in book.of_kind("surveillance", "worklist")
        if (days := book.window_days(rule_id, part.done)) is not None
    ]
    return min(windows, default=None)


def _months_back(today: date, count: int) -> list[tuple[int, int]]:
    months: list[tuple[int, int]] = []
    day = today
    for _ in range(count):
        months.append((day.year, day.month))
        day = day.replace(day=1) - timedelta(days=1)
    return months[::-1]
