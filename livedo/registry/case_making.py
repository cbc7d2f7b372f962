"""One person, judged by the definitions and read from the form, as a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, cast

import msgspec

from livedo.decisions.entries import Entry, standing
from livedo.instants import Instant
from livedo.knowledge.counting import Counting
from livedo.knowledge.definitions import Definition
from livedo.knowledge.load import Knowledge
from livedo.record.tables import PatientRecord
from livedo.registry.adjudication import Readings, readings_of
from livedo.registry.case import Case, Day, Reached, Site, Span, Word
from livedo.registry.case_findings import Findings, FindingsReader, is_by
from livedo.registry.entered import Entered, entered_about
from livedo.registry.first_met import FirstMet, Met
from livedo.registry.local_days import LocalDays

NOTHING_MET = Met(reached=())


class CaseMaker:
    """Makes cases; once a process."""

    def __init__(
        self,
        knowledge: Knowledge,
        definitions: Sequence[Definition],
        counting: Counting,
        days: LocalDays,
    ) -> None:
        self.first_met = FirstMet(knowledge, definitions, counting, days)
        self._findings = FindingsReader(counting, knowledge.vocabulary, days)
        self._hears = {one.id for one in definitions if one.excluded}
        self._register = counting.register
        self._work_up_tests = counting.worked_up_tests
        self._days = days

    def case_of(
        self, record: PatientRecord, entries: Sequence[Entry], as_of: Instant
    ) -> Case | Literal["withdrawn"] | None:
        """The case, or why there is none.

        Args:
            record: with the facts of the entries among its own.
            entries: about this person, made by `as_of`.
        """
        stand = standing(entries)
        said = entered_about(record.person.person_id, stand, as_of, self._days, self._work_up_tests)
        if said.is_withdrawn:
            return "withdrawn"
        met = self.first_met.of(record, as_of) or NOTHING_MET
        if not met.reached and not said.is_reported:
            return None
        said, word = settled_by_readers(said, readings_of(record.person.person_id, stand))
        return self._case(record, met, said, word, as_of)

    def _case(
        self,
        record: PatientRecord,
        met: Met,
        said: Entered,
        word: Word | None,
        as_of: Instant,
    ) -> Case:
        diagnosed = said.diagnosed or _first_day(met)
        day = diagnosed or Span(self._days.day(as_of), self._days.day(as_of))
        findings = self._findings.of(record.facts, as_of, day)
        died = said.died or self._died(record, as_of)
        last = self._last_known(record, as_of, said, died)
        # An entered ulcer is one of several lesions: an earlier one of the record stays.
        ulcer = min(filter(None, (said.first_ulcer, findings.first_ulcer)), default=None)
        return Case(
            person_id=record.person.person_id,
            sex=said.sex or record.person.sex,
            born=said.born or self._born(record),
            centre_id=record.person.centre_id,
            modality=said.modality or "unknown",
            reached=tuple(self._reached(met, said, word, day)),
            is_in_register=said.is_reported,
            kind=said.kind or "unknown",
            readers_say=word,
            is_excluded=bool(met.excluded)
            or said.tier == "excluded"
            or word == "not_calciphylaxis",
            first_sign=said.first_symptom or findings.first_sign,
            first_contact=said.first_contact,
            diagnosed=diagnosed,
            diagnosis_is_entered=said.diagnosed is not None,
            first_alert=met.first_alert,
            first_ulcer=ulcer,
            ulcerated_at_diagnosis=is_by(ulcer, day) if ulcer else findings.ulcerated_at_diagnosis,
            site=self._site(said, findings, day),
            was_worked_up=findings.worked_up is not None or said.was_tested or word is not None,
            healed=said.healed,
            is_dead=died is not None or said.is_dead or self._is_dead(record),
            died=died,
            cause_of_death=said.cause_of_death,
            suspected=met.suspected,
            suspected_not_worked_up=_not_worked_up(met, said, findings, last),
            followed_from=self._first_known(record, as_of, said, diagnosed),
            followed_to=last,
        )

    def _reached(self, met: Met, said: Entered, word: Word | None, day: Span) -> Iterator[Reached]:
        """Without the definitions that hear that it is not this disease."""
        deaf = set(met.excluded) | (self._hears if said.tier == "excluded" else set())
        yield from (one for one in met.reached if one.definition not in deaf)
        if said.is_reported and said.tier != "excluded" and word != "not_calciphylaxis":
            on = said.diagnosed or said.tier_on or said.first_contact or said.reported
            for level in self._register.levels:
                if said.tier in level.tiers or word in level.verdicts:
                    when = said.tier_on if said.tier_on and level.id == said.tier else on
                    yield Reached(self._register.id, level.id, _middle(when or day))

    def _site(self, said: Entered, findings: Findings, diagnosed: Span) -> Site:
        """The worst class of the lesions there by the diagnosis; one first seen later is none."""
        lesions = [
            lesion
            for lesion in said.lesions
            if lesion.first_seen is None or lesion.first_seen.first <= diagnosed.last
        ]
        by_class = self._findings.worst_class(one.site_class for one in lesions)
        by_site = self._findings.worst_site(one.body_site for one in lesions if one.body_site)
        return next((one for one in (by_class, by_site) if one != "unknown"), findings.site)

    def _born(self, record: PatientRecord) -> Span | None:
        first, last = record.person.born_on, record.person.born_on_latest
        if first is None:
            return None
        return Span(self._days.day(first), self._days.day(first if last is None else last))

    def _died(self, record: PatientRecord, as_of: Instant) -> Span | None:
        on = record.person.died_on
        if on is None or on > as_of:
            return None
        return Span(self._days.day(on), self._days.day(on))

    def _is_dead(self, record: PatientRecord) -> bool:
        return record.person.is_dead and record.person.died_on is None

    def _last_known(
        self, record: PatientRecord, as_of: Instant, said: Entered, died: Span | None
    ) -> Day:
        """The last day on which anything became known.

        Of somebody whom only the register knows that is the last day on which he was seen alive,
        else the day of the first report, or the day of death: silence afterwards is not life.
        """
        moments = [fact.known_at for fact in record.facts if fact.known_at <= as_of]
        if moments:
            return max(self._days.day(max(moments)), said.alive or 0)
        today = self._days.day(as_of)
        spans = [span for span in (said.reported, died) if span is not None]
        known = [span.last for span in spans] + ([] if said.alive is None else [said.alive])
        return min(max(known, default=today), today)

    def _first_known(
        self, record: PatientRecord, as_of: Instant, said: Entered, diagnosed: Span | None
    ) -> Day:
        """The first day on which a death would have been heard of.

        Of somebody whom only the register knows that is the day of the first report: whoever
        had died before was reported as dead, and was never at risk in sight of the register.
        """
        moments = [fact.known_at for fact in record.facts if fact.known_at <= as_of]
        if moments:
            return self._days.day(min(moments))
        if said.reported is not None:
            return said.reported.first
        return diagnosed.first if diagnosed is not None else self._days.day(as_of)


def _first_day(met: Met) -> Span | None:
    day = min((one.on for one in met.reached), default=None)
    return None if day is None else Span(day, day)


def _middle(span: Span) -> Day:
    return (span.first + span.last) // 2


def _not_worked_up(met: Met, said: Entered, findings: Findings, last: Day) -> Span | None:
    """From the first suspicion to the day before a work-up, or to the last day known."""
    if met.suspected is None:
        return None
    days = [day for day in (findings.worked_up, said.tested) if day is not None]
    until = min(days) - 1 if days else max(last, met.suspected)
    return Span(met.suspected, until) if until >= met.suspected else None


def settled_by_readers(said: Entered, readings: Readings) -> tuple[Entered, Word | None]:
    """What two readers agree on, or their consensus: the verdict, and the cause of death if given.

    What was settled goes before what one clinician wrote into the form.
    """
    settled = readings.settled
    if settled is None:
        return said, None
    if settled.cause_of_death is not None:
        said = msgspec.structs.replace(said, cause_of_death=settled.cause_of_death)
    return said, cast("Word", settled.verdict)
