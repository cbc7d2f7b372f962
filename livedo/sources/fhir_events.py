"""Conditions, Procedures, reports and imaging studies."""

from __future__ import annotations

import msgspec

from livedo.record.tables import Fact, Note, Present
from livedo.sources.faults import UNDECODABLE
from livedo.sources.fhir_codes import NOWHERE, Coded, Place, given
from livedo.sources.fhir_item import Item, first_code
from livedo.sources.fhir_results import NO_CODE, UNKNOWN_BODY_SITE, UNKNOWN_CODE, Results
from livedo.sources.fhir_times import Interval, Moment
from livedo.sources.fhir_types import (
    Condition,
    Contained,
    DiagnosticReport,
    ImagingStudy,
    Observation,
    Period,
    Procedure,
    Raw,
)
from livedo.sources.series import has_series

_conditions = msgspec.json.Decoder(Condition)
_procedures = msgspec.json.Decoder(Procedure)
_reports = msgspec.json.Decoder(DiagnosticReport)
_studies = msgspec.json.Decoder(ImagingStudy)
_contained = msgspec.json.Decoder(Contained)
_observations = msgspec.json.Decoder(Observation)

UNCONFIRMED = "unconfirmed"
FINDING_DOMAINS = ("sign", "wound", "imaging", "histology")


class Events:
    """Reads what happened to a person and what a person has."""

    def __init__(self, item: Item, results: Results) -> None:
        self.item = item
        self.codes = item.codes
        self.times = item.times
        self.results = results

    def condition(self, raw: bytes) -> None:
        """A diagnosis: refuted is `no`; provisional ones keep their status and are never yes."""
        item, condition = self.item, _conditions.decode(raw)
        nobody = item.about(condition.subject)
        item.open(condition.id, condition.meta, raw)
        meaning = item.meaning.condition
        status = first_code(condition.verification_status)
        coded = self._named(condition.code)
        moment = self._lasting(condition)
        reason = nobody or item.status_reason(meaning, status) or _unnamed(coded) or moment
        if isinstance(reason, str) or isinstance(moment, str):
            item.aside(str(reason), item=_named_code(coded, item, reason))
            return
        present: Present = "no" if status in meaning.refuted else "yes"
        places = self._places(condition.body_site)
        item.use(self._facts(coded, moment, places, status=status, present=present))

    def _named(self, raw: Raw) -> Coded:
        """What a code names. A result needs a value, which these resources do not have."""
        coded = self.codes.code(given(raw) or b"null")
        if any(has_series(concept) for concept in coded.concepts):
            named = tuple(c for c in coded.concepts if not has_series(c))
            return msgspec.structs.replace(coded, concepts=named)
        return coded

    def _lasting(self, condition: Condition) -> Moment | str:
        meaning = self.item.meaning.condition
        onset, is_vague = self._onset(condition)
        end = self._date_or_period(condition.abatement_date_time, condition.abatement_period)
        said_over = (
            condition.abatement_age,
            condition.abatement_range,
            condition.abatement_string,
            condition.abatement_boolean or None,
        )
        is_over = first_code(condition.clinical_status) in meaning.ended or any(
            part is not None for part in said_over
        )
        moment = self.times.span(onset, end, condition.recorded_date, is_over=is_over)
        if is_vague and isinstance(moment, Moment):
            return msgspec.structs.replace(moment, start_from=self.times.earliest)
        return moment

    def _onset(self, condition: Condition) -> tuple[Interval | str | None, bool]:
        """When it began; vague where only an age or words are given."""
        period = condition.onset_period
        if condition.onset_date_time or (period and period.start):
            text = condition.onset_date_time or (period.start if period else None) or ""
            return self.times.interval(text), False
        vague = (condition.onset_age, condition.onset_range, condition.onset_string)
        return None, any(part is not None for part in vague)

    def _date_or_period(self, date: str | None, period: Period | None) -> Interval | str | None:
        return self.times.end(date or (period.end if period else None))

    def procedure(self, raw: bytes) -> None:
        """Something done. Done on a date it is a point; over a period, a span."""
        item, procedure = self.item, _procedures.decode(raw)
        nobody = item.about(procedure.subject)
        item.open(procedure.id, procedure.meta, raw)
        meaning = item.meaning.procedure
        coded = self._named(procedure.code)
        moment = self._performed(procedure)
        reason = (
            nobody or item.status_reason(meaning, procedure.status) or _unnamed(coded) or moment
        )
        if isinstance(reason, str) or isinstance(moment, str):
            item.aside(str(reason), item=_named_code(coded, item, reason))
            return
        places = self._places(procedure.body_site)
        item.use(self._facts(coded, moment, places, status=procedure.status))

    def _performed(self, procedure: Procedure) -> Moment | str:
        period = procedure.performed_period
        if procedure.performed_date_time:
            date = self.times.interval(procedure.performed_date_time)
            end = date if isinstance(date, str) else (date[1], date[1])
            return self.times.span(date, end, None, is_over=True)
        start = self._start(period)
        end_of = self.times.end(period.end if period else None)
        is_over = procedure.status not in self.item.meaning.procedure.ongoing
        return self.times.span(start, end_of, None, is_over=is_over)

    def _start(self, period: Period | None) -> Interval | str | None:
        return self.times.interval(period.start) if period and period.start else None

    def report(self, raw: bytes) -> None:
        """A report: what was done, what it concludes, its contained results, its words."""
        item, report = self.item, _reports.decode(raw)
        nobody = item.about(report.subject)
        item.open(report.id, report.meta, raw)
        moment = self.times.point(
            report.effective_date_time, report.effective_period, report.issued
        )
        coded = self._named(report.code)
        reason = nobody or item.status_reason(item.meaning.report, report.status) or moment
        if isinstance(reason, str) or isinstance(moment, str):
            item.aside(str(reason))
            return
        facts = self._concluded(report, coded, moment)
        note = self._note(report, moment)
        if not facts and note is None:
            item.aside(UNKNOWN_CODE, item=coded.label or item.name)
        else:
            if note is not None:
                item.sink.note(note)
            item.use(facts)
        self._contained_results(report)

    def _concluded(self, report: DiagnosticReport, coded: Coded, moment: Moment) -> list[Fact]:
        """A report of a procedure says it was done; a diagnosis it concludes is unconfirmed."""
        done = [c for c in coded.concepts if c.startswith("procedure.")]
        facts = self._facts(
            msgspec.structs.replace(coded, concepts=tuple(done)),
            moment,
            [NOWHERE],
            status=report.status,
        )
        for n, code in enumerate(report.conclusion_code or ()):
            concluded = self._named(code)
            found = tuple(
                c for c in concluded.concepts if c.startswith((*FINDING_DOMAINS, "condition."))
            )
            is_diagnosis = any(c.startswith("condition.") for c in found)
            facts += self._facts(
                msgspec.structs.replace(concluded, concepts=found),
                moment,
                [NOWHERE],
                status=UNCONFIRMED if is_diagnosis else report.status,
                part=f"conclusionCode[{n}]",
            )
        return facts

    def _note(self, report: DiagnosticReport, moment: Moment) -> Note | None:
        if not report.conclusion:
            return None
        return Note(
            note_id=self.item.name,
            person_id=self.item.person_id,
            written_at=moment.start_at,
            known_at=moment.known_at,
            language="",
            kind="report",
            text=report.conclusion,
        )

    def _contained_results(self, report: DiagnosticReport) -> None:
        """Observations inside the report; each is an item of its own."""
        item = self.item
        outer = (item.kind, item.name)
        fallback = Observation(
            subject=report.subject,
            effective_date_time=report.effective_date_time,
            effective_period=report.effective_period,
            issued=report.issued,
        )
        for part in report.contained or ():
            if _contained.decode(part).resource_type != "Observation":
                continue
            item.kind = outer[1] + "#Observation"
            try:
                self.results.read_decoded(_observations.decode(part), bytes(part), fallback)
            except UNDECODABLE as error:
                item.undecodable(bytes(part), error)
            item.kind, item.name = outer

    def study(self, raw: bytes) -> None:
        """That an imaging study was made; findings come as Observations or reports."""
        item, study = self.item, _studies.decode(raw)
        nobody = item.about(study.subject)
        item.open(study.id, study.meta, raw)
        coded = [self._named(code) for code in study.procedure_code or ()]
        concepts = tuple(c for one in coded for c in one.concepts)
        named = msgspec.structs.replace(
            coded[0] if coded else Coded(text=study.description), concepts=concepts
        )
        moment = self.times.point(study.started, None, None)
        reason = (
            nobody
            or item.status_reason(item.meaning.imaging, study.status)
            or _unnamed(named)
            or moment
        )
        if isinstance(reason, str) or isinstance(moment, str):
            item.aside(str(reason), item=_named_code(named, item, reason))
            return
        item.use(self._facts(named, moment, [NOWHERE], status=study.status))

    def _places(self, sites: tuple[Raw, ...] | None) -> list[Place]:
        found = [self.codes.place(given(site)) for site in sites or () if given(site)]
        for n, place in enumerate(found):
            if place.lost:
                self.item.lost(UNKNOWN_BODY_SITE, f"bodySite[{n}]")
        return found or [NOWHERE]

    def _facts(
        self,
        coded: Coded,
        moment: Moment,
        places: list[Place],
        *,
        status: str | None,
        present: Present = "yes",
        part: str = "",
    ) -> list[Fact]:
        item = self.item
        facts = []
        for n, (concept, place) in enumerate((c, p) for c in coded.concepts for p in places):
            facts.append(
                Fact(
                    fact_id=item.fact_id(part if n == 0 else f"{part}+{n}"),
                    person_id=item.person_id,
                    concept=concept,
                    start_from=moment.start_from,
                    start_at=moment.start_at,
                    end_from=moment.end_from,
                    end_at=moment.end_at,
                    known_at=moment.known_at,
                    is_known_at_assumed=moment.is_assumed,
                    present=present,
                    status=status,
                    body_site=place.site,
                    side=place.side,
                    matched_by=coded.matched_by,
                    source=item.source_name,
                    source_id=item.name,
                    original=coded.text or coded.label or None,
                )
            )
        return facts


def _unnamed(coded: Coded) -> str | None:
    if coded.concepts:
        return None
    return UNKNOWN_CODE if coded.is_readable else NO_CODE


def _named_code(coded: Coded, item: Item, reason: object) -> str:
    return coded.label if reason == UNKNOWN_CODE and coded.label else item.name
