"""What one saved entry changed: where the person stands now, and what follows at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from livedo.act.precedence import is_yes
from livedo.act.result import NextLine, PatientResult
from livedo.assess.answer import Judgement
from livedo.decisions.entries import Area, Entry, Examination
from livedo.decisions.facts import with_entries
from livedo.knowledge.round_page import Consequence, load_round_page
from livedo.knowledge.schema import Rule
from livedo.knowledge.skin_round import load_skin_round
from livedo.knowledge.tree import rules_named
from livedo.record.tables import Fact, PatientRecord
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.round_list import Rounds
from livedo.surfaces.web.todays_round import places_of

TOLD_KINDS = frozenset({"danger", "suspicion"})


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A consequence in words, with its claims."""

    id: str
    look: str
    text: str
    claims: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Where the person stood before the entry and stands with it."""

    before: PatientResult
    now: PatientResult
    new_reasons: tuple[str, ...]
    gone_reasons: tuple[str, ...]
    next: tuple[NextLine, ...]
    consequences: tuple[Told, ...]
    grown: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing of the worklist changed."""
        is_there = (self.before.state, self.before.group) == (self.now.state, self.now.group)
        return is_there and not self.new_reasons and not self.gone_reasons


def change_by(entry: Entry, person_id: str, rounds: Rounds, reader: Preferences) -> Change:
    """What an entry changed, the others being as they stand now."""
    service, ward = rounds.service, rounds.ward
    entries = service.entered(person_id)
    without = [one for one in entries if one.entry_id != entry.entry_id]
    with service.lock:
        bare = service.record.patient(person_id)
    vocabulary = service.knowledge.vocabulary
    before = with_entries(bare, without, vocabulary, time_zone=service.time_zone)
    record = with_entries(bare, entries, vocabulary, time_zone=service.time_zone)
    was, now = ward.judged_as(before, reader), ward.row(person_id, reader)
    return Change(
        before=was,
        now=now,
        new_reasons=tuple(spoken_only_in(now, was, service.knowledge.rules)),
        gone_reasons=tuple(spoken_only_in(was, now, service.knowledge.rules)),
        next=now.next[:2],
        consequences=tuple(consequences(entry, record, rounds)),
        grown=tuple(grown(entry, before, rounds)),
    )


def spoken_only_in(
    one: PatientResult, other: PatientResult, rules: Mapping[str, Rule]
) -> Iterator[str]:
    """Reasons of the skin and of danger that one row tells and the other does not.

    Reasons that only put others together are left out: they would tell the same again.
    """
    told = {reason.rule for reason in other.reasons}
    for reason in one.reasons:
        rule = rules.get(reason.rule)
        if rule is None or reason.rule in told or rule.kind not in TOLD_KINDS:
            continue
        if not rules_named(rule.when):
            yield reason.text


def consequences(entry: Entry, record: PatientRecord, rounds: Rounds) -> Iterator[Told]:
    """What follows at once where a rule answers yes because of what was entered."""
    part = load_round_page().consequences
    service = rounds.service
    moment = service.moment_of(record.person.person_id)
    with service.lock:
        judgement = service.engine.judge(record, moment, tuple(one.rule for one in part))
    mine = {f"fact:{f.fact_id}" for f in record.facts if f.source_id == entry.entry_id}
    for one in part:
        if is_yes(judgement, one.rule) and _rests_on(one, judgement, mine):
            yield told(one.id, one.look, rounds.reader)


def _rests_on(one: Consequence, judgement: Judgement, references: set[str]) -> bool:
    return not references.isdisjoint(judgement.answers[one.rule].evidence)


def told(id: str, look: str, reader: Preferences) -> Told:
    """A consequence in the reader's words."""
    key = f"round.consequence.{id}"
    return Told(id=id, look=look, text=reader.words.text(key), claims=reader.words.because(key))


def grown(entry: Entry, before: PatientRecord, rounds: Rounds) -> Iterator[str]:
    """Areas that reach further than when they were last measured."""
    if isinstance(entry.body, Examination):
        for area in entry.body.areas:
            yield from _grown_in(area, before, rounds)


def _grown_in(area: Area, before: PatientRecord, rounds: Rounds) -> Iterator[str]:
    extent = load_skin_round().extent
    for which, cm, measured in (
        ("seen", area.seen_cm, extent.seen),
        ("felt", area.felt_cm, extent.felt),
    ):
        last = _last(before.facts, measured.concept, area)
        if cm is None or last is None or last.low is None:
            continue
        now, was = (
            max(cm),
            rounds.service.knowledge.vocabulary.units.from_canonical(
                measured.concept, last.low, extent.unit
            ),
        )
        if now > was:
            yield rounds.reader.words.text(
                f"round.grown.{which}",
                was=f"{was:g}", now=f"{now:g}", unit=extent.unit,
                on=rounds.words.when(last, rounds.service.clock.now()),
            )  # fmt: skip


def _last(facts: Sequence[Fact], concept: str, area: Area) -> Fact | None:
    """The newest exact measure of the same lesion, or of the place where it has no number."""
    places = set(places_of(area.body_site, area.side))
    found = [
        fact
        for fact in facts
        if fact.concept == concept
        and fact.body_site is not None
        and places.intersection(places_of(fact.body_site, fact.side))
        and fact.lesion_id == area.lesion_id
        and fact.low is not None
        and fact.low == fact.high
    ]
    return max(found, key=lambda fact: fact.start_at, default=None)
