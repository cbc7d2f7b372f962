"""Who is a case, since when, and what is told about it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("numpy")

from livedo.assess.answer import Status
from livedo.assess.engine_python import PythonEngine
from livedo.decisions.entries import Adjudication, Body, CaseReport, Entry, kind_of
from livedo.demo.unit import write_unit
from livedo.knowledge.counting import load_counting
from livedo.knowledge.definitions import load_definitions
from livedo.knowledge.load import load_knowledge
from livedo.record import writer
from livedo.record.build import read
from livedo.record.store import Record, open_record
from livedo.record.tables import Fact, PatientRecord
from livedo.registry.case import Case, Day, Span
from livedo.registry.cases import CasesFound, cases_of
from livedo.registry.cohort import cohort_of
from livedo.registry.local_days import LocalDays
from livedo.registry.survival import follow
from tests.registry.programme import end_of, fact, livedo, number, on, person, written

_SEQUENCE = itertools.count(1)


def entry(person_id: str, body: Body, at: str = "2023-06-01", by: str = "nurse") -> Entry:
    """What somebody entered about a person on a day."""
    sequence = next(_SEQUENCE)
    return Entry(
        sequence=sequence,
        entry_id=f"e{sequence}",
        person_id=person_id,
        kind=kind_of(body),  # type: ignore[arg-type]
        entered_at=end_of(at),
        entered_by=by,
        body=body,
    )


def report(person_id: str, form: str, instance: int = 1, **values: str) -> Entry:
    """What was written into one form of the register."""
    return entry(person_id, CaseReport(form=form, instance=instance, values=tuple(values.items())))


def found_in(
    record: Record, entries: Sequence[Entry] = (), as_of: str = "2023-12-31", processes: int = 1
) -> CasesFound:
    knowledge, moment = load_knowledge(), end_of(as_of)
    everybody = cohort_of(record, moment, knowledge.vocabulary)
    by_person: dict[str, list[Entry]] = {}
    for one in entries:
        by_person.setdefault(one.person_id or "", []).append(one)
    return cases_of(record, everybody, by_person, moment, knowledge, processes=processes)


def found(
    folder: Path,
    people: Sequence[PatientRecord],
    entries: Sequence[Entry] = (),
    as_of: str = "2023-12-31",
) -> CasesFound:
    return found_in(written(folder, people), entries, as_of)


def the_case(folder: Path, facts: Sequence[Fact], entries: Sequence[Entry] = ()) -> Case:
    """The one case among a person on haemodialysis with these facts."""
    everyone = [person("a", on("a", "2021-02-01"), *facts)]
    (case,) = found(folder, everyone, entries).cases
    return case


def reached(case: Case) -> dict[str, Day]:
    return {f"{one.definition}.{one.level}": one.on for one in case.reached}


def exact(day: str) -> Span:
    return Span(number(day), number(day))


def test_livedo_in_somebody_on_dialysis_is_suspected_from_that_day(tmp_path: Path) -> None:
    case = the_case(tmp_path, [livedo("a", "2022-05-10")])
    assert reached(case) == {"ours.suspected": number("2022-05-10")}
    assert case.first_sign == case.diagnosed == exact("2022-05-10")
    assert case.first_alert == case.suspected == number("2022-05-10")
    assert (case.modality, case.kind, case.site) == ("haemodialysis", "uraemic", "proximal")
    assert not case.is_in_register


def test_a_finding_counts_from_the_day_on_which_it_became_known(tmp_path: Path) -> None:
    case = the_case(tmp_path, [livedo("a", "2022-05-10", known="2022-06-20")])
    assert reached(case)["ours.suspected"] == number("2022-06-20")
    assert case.first_sign == exact("2022-05-10")


def test_clear_skin_makes_nobody_a_case(tmp_path: Path) -> None:
    people = [person("a", on("a", "2021-02-01"), livedo("a", "2022-05-10", present="no"))]
    got = found(tmp_path, people)
    assert got.cases == ()
    assert got.candidates.people == 0


def test_a_level_is_dated_by_the_decision_that_completes_it(tmp_path: Path) -> None:
    decided = fact("a", "decision.alternatives_excluded", "2022-05-30", is_point=True)
    case = the_case(tmp_path, [livedo("a", "2022-05-10"), decided])
    assert reached(case)["ours.probable"] == number("2022-05-30")
    assert reached(case)["ours.suspected"] == number("2022-05-10")
    assert case.was_worked_up
    assert case.suspected_not_worked_up == Span(number("2022-05-10"), number("2022-05-29"))


def test_whoever_was_never_worked_up_is_waiting_to_the_last_day_known(tmp_path: Path) -> None:
    case = the_case(tmp_path, [livedo("a", "2022-05-10"), livedo("a", "2022-06-10")])
    assert case.suspected_not_worked_up == Span(number("2022-05-10"), number("2022-06-10"))
    assert not case.was_worked_up


def test_a_biopsy_that_was_not_done_is_no_work_up(tmp_path: Path) -> None:
    refused = fact("a", "procedure.skin_biopsy", "2022-05-20", present="no", is_point=True)
    case = the_case(tmp_path, [livedo("a", "2022-05-10"), refused])
    assert not case.was_worked_up
    assert case.suspected_not_worked_up is not None
    assert case.suspected_not_worked_up.last > number("2022-05-19")


def test_an_ulcer_after_the_diagnosis_leaves_it_not_ulcerated_then(tmp_path: Path) -> None:
    ulcer = fact("a", "sign.ulcer", "2022-07-01", is_point=True, body_site="thigh")
    case = the_case(tmp_path, [livedo("a", "2022-05-10"), ulcer])
    assert case.first_ulcer == exact("2022-07-01")
    assert case.ulcerated_at_diagnosis == "no"


def test_an_ulcer_nobody_looked_for_is_unknown_and_one_denied_is_not_there(tmp_path: Path) -> None:
    assert the_case(tmp_path, [livedo("a", "2022-05-10")]).ulcerated_at_diagnosis == "unknown"
    denied = fact("a", "sign.ulcer", "2022-05-10", is_point=True, present="no", lesion_id="L1")
    case = the_case(tmp_path / "b", [livedo("a", "2022-05-10"), denied])
    assert case.ulcerated_at_diagnosis == "no"


def test_the_worst_site_known_by_the_diagnosis_counts(tmp_path: Path) -> None:
    leg = livedo("a", "2022-05-10", body_site="lower_leg", lesion_id="L2")
    later = livedo("a", "2022-09-10", body_site="abdomen", lesion_id="L3")
    assert the_case(tmp_path, [leg, later]).site == "distal"


def test_somebody_whose_alternative_was_decided_is_no_case_of_ours_but_stays_visible(
    tmp_path: Path,
) -> None:
    no = fact("a", "condition.calciphylaxis", "2022-08-01", is_point=True, present="no")
    got = found(tmp_path, [person("a", on("a", "2021-02-01"), livedo("a", "2022-05-10"), no)])
    (case,) = got.cases
    assert case.is_excluded
    assert reached(case) == {}
    assert case.suspected == number("2022-05-10")
    assert {step.id: step.people for step in got.attrition}["counted"] == 0


def test_what_becomes_known_after_the_report_changes_nothing(tmp_path: Path) -> None:
    early = [livedo("a", "2022-05-10")]
    late = [
        livedo("a", "2023-02-01"),
        fact("a", "procedure.skin_biopsy", "2023-03-01", is_point=True),
    ]
    base = on("a", "2021-02-01")
    one = found(tmp_path / "1", [person("a", base, *early)], as_of="2022-12-31")
    two = found(tmp_path / "2", [person("a", base, *early, *late)], as_of="2022-12-31")
    assert one.cases == two.cases


def test_on_peritoneal_dialysis_after_a_transplant_and_outside_dialysis(tmp_path: Path) -> None:
    graft = fact("t", "procedure.kidney_transplantation", "2021-09-10", is_point=True)
    stage = fact("n", "condition.ckd4", "2021-03-01")
    people = [
        person("p", on("p", "2021-02-01", how="peritoneal"), livedo("p", "2022-05-10")),
        person("t", on("t", "2021-02-01"), graft, livedo("t", "2022-05-10")),
        person("n", stage, livedo("n", "2022-05-10")),
    ]
    cases = {case.person_id: case for case in found(tmp_path, people).cases}
    assert {id: case.modality for id, case in cases.items()} == {
        "p": "peritoneal",
        "t": "transplant",
        "n": "none",
    }


def test_a_case_is_followed_from_the_first_day_that_somebody_watched(tmp_path: Path) -> None:
    old = person("a", on("a", "2015-02-01"), livedo("a", "2022-05-10"), died="2022-08-01")
    (case,) = found(tmp_path, [old]).cases
    assert (case.followed_from, case.followed_to) == (number("2021-01-01"), number("2022-08-01"))
    assert case.is_dead
    assert case.died == exact("2022-08-01")
    assert case.cause_of_death == "unknown"


def test_a_death_after_the_last_finding_is_seen_where_nobody_declared_an_end_of_watching(
    tmp_path: Path,
) -> None:
    facts = (on("a", "2021-02-01"), livedo("a", "2022-05-10"))
    (case,) = found(tmp_path, [person("a", *facts, died="2022-11-01", watched=None)]).cases
    assert case.followed_to == number("2022-11-01")
    (one,) = follow([case]).watched
    assert (one.spell.last, one.spell.cause) == (days("2022-05-10", "2022-11-01"), "unknown")


def test_a_death_after_the_declared_end_of_watching_is_not_counted(tmp_path: Path) -> None:
    facts = (on("a", "2021-02-01"), livedo("a", "2022-05-10"))
    watched = ("2021-01-01", "2022-06-30")
    (case,) = found(tmp_path, [person("a", *facts, died="2022-11-01", watched=watched)]).cases
    (one,) = follow([case]).watched
    assert (one.spell.last, one.spell.cause) == (days("2022-05-10", "2022-06-30"), None)


def days(first: str, last: str) -> int:
    return number(last) - number(first)


# What was entered in the register


def test_what_was_entered_goes_before_the_record(tmp_path: Path) -> None:
    entries = [
        report("a", "case", tier="confirmed", tier_on="2022-06-15", diagnosed_on="2022-06-01"),
        report("a", "case", first_symptom_on="2022-03", first_contact_on="2022-04-02"),
        report("a", "lesion", site_class="penile", ulcer_on="2022-05-20"),
        report("a", "outcome", died_on="2022-11-11", cause_of_death="disease"),
    ]
    case = the_case(tmp_path, [livedo("a", "2022-05-10")], entries)
    assert case.is_in_register
    assert case.diagnosis_is_entered
    assert case.diagnosed == exact("2022-06-01")
    assert case.first_sign == Span(number("2022-03-01"), number("2022-03-31"))
    assert case.first_contact == exact("2022-04-02")
    assert (case.site, case.ulcerated_at_diagnosis) == ("penile", "yes")
    assert (case.died, case.cause_of_death) == (exact("2022-11-11"), "disease")
    assert reached(case)["register.entered"] == number("2022-06-01")
    assert reached(case)["register.confirmed"] == number("2022-06-15")


@pytest.mark.parametrize(
    ("first_seen", "site"), [("2022-05-20", "penile"), ("2022-11-20", "distal"), ("", "penile")]
)
def test_a_lesion_entered_as_first_seen_after_the_diagnosis_puts_nobody_into_a_group(
    tmp_path: Path, first_seen: str, site: str
) -> None:
    later = {"site_class": "penile"} | ({"first_seen_on": first_seen} if first_seen else {})
    entries = [
        report("a", "case", diagnosed_on="2022-06-01"),
        report("a", "lesion", site_class="distal", first_seen_on="2022-05-10"),
        report("a", "lesion", 2, **later),
    ]
    assert the_case(tmp_path, [livedo("a", "2022-05-10")], entries).site == site


def test_somebody_without_any_finding_who_was_entered_is_a_case_of_the_register(
    tmp_path: Path,
) -> None:
    entries = [report("a", "case", tier="suspected", diagnosed_on="2022-06-01")]
    case = the_case(tmp_path, [], entries)
    assert reached(case) == {"register.entered": number("2022-06-01")}
    assert case.modality == "haemodialysis"


def test_somebody_of_whom_only_the_register_knows_is_a_case_too(tmp_path: Path) -> None:
    entries = [report("register:x", "case", tier="clinical", diagnosed_on="2022-06-01")]
    got = found(tmp_path, [person("a", on("a", "2021-02-01"))], entries)
    (case,) = got.cases
    assert case.person_id == "register:x"
    assert {step.id: step.people for step in got.attrition}["in_record_or_register"] == 2


def test_somebody_of_whom_only_the_register_knows_is_not_alive_because_nobody_says_more(
    tmp_path: Path,
) -> None:
    silent = entry(
        "register:x", CaseReport(form="case", values=(("tier", "clinical"),)), at="2021-06-01"
    )
    seen = report("register:x", "follow_up", seen_on="2022-03-01", is_alive="yes")
    dead = report("register:x", "outcome", died_on="2022-09-01", cause_of_death="other")
    known = ([silent], [silent, seen], [silent, seen, dead])
    last = []
    for n, entries in enumerate(known):
        got = found(tmp_path / str(n), [person("a", on("a", "2021-02-01"))], entries)
        last.append(got.cases[0].followed_to)
    assert last == [number("2021-06-01"), number("2022-03-01"), number("2022-09-01")]


def test_a_visit_at_which_somebody_was_dead_is_a_death_without_a_day(tmp_path: Path) -> None:
    entries = [
        report("a", "case", diagnosed_on="2022-06-01"),
        report("a", "follow_up", seen_on="2022-12-01", is_alive="no"),
    ]
    case = the_case(tmp_path, [livedo("a", "2022-05-10")], entries)
    assert (case.is_dead, case.died) == (True, None)
    assert [one.reason for one in follow([case]).set_aside] == ["death_undated"]


def test_whoever_was_withdrawn_is_no_case_and_is_counted_as_that(tmp_path: Path) -> None:
    people = [person("a", on("a", "2021-02-01"), livedo("a", "2022-05-10"))]
    got = found(tmp_path, people, [report("a", "case", in_register="no")])
    assert got.cases == ()
    step = next(step for step in got.attrition if step.id == "case")
    assert dict(step.lost)["withdrawn"] == 1


def test_two_readers_who_say_that_it_is_not_take_it_out_of_the_register_only(
    tmp_path: Path,
) -> None:
    no = Adjudication(reading="single", verdict="not_calciphylaxis")
    entries = [report("a", "case", diagnosed_on="2022-06-01"), entry("a", no, by="one")]
    one = the_case(tmp_path / "1", [livedo("a", "2022-05-10")], entries)
    assert one.readers_say is None
    assert not one.is_excluded
    two = the_case(
        tmp_path / "2", [livedo("a", "2022-05-10")], [*entries, entry("a", no, by="two")]
    )
    assert two.readers_say == "not_calciphylaxis"
    assert two.is_excluded
    assert list(reached(two)) == ["ours.suspected"]


def test_two_readers_who_agree_that_it_is_confirm_it_in_the_register(tmp_path: Path) -> None:
    yes = Adjudication(reading="single", verdict="confirmed")
    entries = [report("a", "case", diagnosed_on="2022-06-01")]
    entries += [entry("a", yes, by="one"), entry("a", yes, by="two")]
    case = the_case(tmp_path, [livedo("a", "2022-05-10")], entries)
    assert reached(case)["register.confirmed"] == number("2022-06-01")


def test_a_consensus_outweighs_single_readers(tmp_path: Path) -> None:
    yes = Adjudication(reading="consensus", verdict="confirmed")
    no = Adjudication(reading="single", verdict="not_calciphylaxis")
    entries = [entry("a", no, by="one"), entry("a", yes, by="both"), entry("a", no, by="two")]
    case = the_case(tmp_path, [livedo("a", "2022-05-10")], entries)
    assert case.readers_say == "confirmed"
    assert not case.is_excluded


def test_the_cause_of_death_that_the_readers_settled_goes_before_the_form(tmp_path: Path) -> None:
    agreed = Adjudication(reading="single", verdict="confirmed", cause_of_death="disease")
    entries = [
        report("a", "case", diagnosed_on="2022-06-01"),
        report("a", "outcome", died_on="2022-09-01", cause_of_death="other"),
        entry("a", agreed, by="one"),
    ]
    alone = the_case(tmp_path / "1", [livedo("a", "2022-05-10")], entries)
    assert alone.cause_of_death == "other"
    both = the_case(
        tmp_path / "2", [livedo("a", "2022-05-10")], [*entries, entry("a", agreed, by="two")]
    )
    assert both.cause_of_death == "disease"


def test_readers_who_differ_on_the_cause_of_death_have_settled_nothing(tmp_path: Path) -> None:
    entries = [report("a", "case", diagnosed_on="2022-06-01")]
    disease = Adjudication(reading="single", verdict="confirmed", cause_of_death="disease")
    other = Adjudication(reading="single", verdict="confirmed", cause_of_death="other")
    entries += [entry("a", disease, by="one"), entry("a", other, by="two")]
    case = the_case(tmp_path, [livedo("a", "2022-05-10")], entries)
    assert (case.readers_say, case.cause_of_death) == (None, "unknown")


def test_an_ulcer_entered_of_one_lesion_leaves_the_earlier_one_of_the_record(
    tmp_path: Path,
) -> None:
    entries = [
        report("a", "case", diagnosed_on="2022-06-01"),
        report("a", "lesion", ulcer_on="2022-08-01", first_seen_on="2022-07-01"),
    ]
    facts = [
        livedo("a", "2022-05-10"),
        fact("a", "sign.ulcer", "2022-05-20", is_point=True, body_site="thigh"),
    ]
    case = the_case(tmp_path, facts, entries)
    assert case.first_ulcer == Span(number("2022-05-20"), number("2022-05-20"))
    assert case.ulcerated_at_diagnosis == "yes"


def test_an_entry_made_after_the_report_is_not_used(tmp_path: Path) -> None:
    late = report("a", "case", in_register="no")
    people = [person("a", on("a", "2021-02-01"), livedo("a", "2022-05-10"))]
    assert len(found(tmp_path, people, [late], as_of="2023-01-31").cases) == 1


def test_the_attrition_accounts_for_everybody(tmp_path: Path) -> None:
    people = [
        person("a", on("a", "2021-02-01"), livedo("a", "2022-05-10")),
        person("b", on("b", "2021-02-01")),
        person("c", livedo("c", "2022-05-10")),
    ]
    steps = found(tmp_path, people).attrition
    for before, after in itertools.pairwise(steps):
        assert before.people == after.people + sum(count for _, count in after.lost)


# However the work is shared


def test_two_processes_and_other_buckets_find_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        person(f"p{n:02}", on(f"p{n:02}", "2021-02-01"), livedo(f"p{n:02}", f"2022-{n:02}-10"))
        for n in range(1, 13)
    ]
    whole = found(tmp_path / "whole", people)
    monkeypatch.setattr(writer, "BUCKET_FACTS", 8)
    cut = written(tmp_path / "cut", people)
    assert cut.bucket_count() > 2
    assert found_in(cut) == found_in(cut, processes=2) == whole


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("unit")
    write_unit(folder / "fhir")
    read([folder / "fhir"], folder / "record", zone="Europe/Copenhagen")
    return open_record(folder / "record")


def test_the_invented_unit_has_the_cases_that_judging_everybody_day_by_day_finds(
    unit: Record,
) -> None:
    knowledge, as_of = load_knowledge(), unit.newest_known_at or 0
    everybody = cohort_of(unit, as_of, knowledge.vocabulary)
    got = cases_of(unit, everybody, {}, as_of, knowledge)
    fast = {case.person_id: reached(case) for case in got.cases if not case.is_excluded}
    levels = {f"{d.id}.{one.id}": one.rule for d in load_definitions() for one in d.levels}
    engine = PythonEngine(knowledge, kinds=(), also=tuple(levels.values()))
    days = LocalDays(unit.manifest.time_zone)
    slow = {}
    for one in unit.patients():
        first = _first_days(one, engine, levels, days, as_of)
        if first and not any(
            c.person_id == one.person.person_id and c.is_excluded for c in got.cases
        ):
            slow[one.person.person_id] = first
    assert fast == slow
    assert len(fast) > 3


def _first_days(
    patient: PatientRecord,
    engine: PythonEngine,
    levels: dict[str, str],
    days: LocalDays,
    as_of: int,
) -> dict[str, Day]:
    """The first day of each level, asked of every defining day without passing any over."""
    counting = load_counting()
    known = {
        days.day(each.known_at)
        for each in patient.facts
        if each.known_at <= as_of and _is_defining(each, counting.defining_domains, counting)
    }
    first: dict[str, Day] = {}
    for day in sorted({*known, days.day(as_of)}):
        moment = min(days.last_moment(day), as_of)
        answers = engine.judge(patient, moment, levels.values()).answers
        for level, rule in levels.items():
            if answers[rule].status is Status.YES:
                first.setdefault(level, day)
    return first


def _is_defining(each: Fact, domains: Sequence[str], counting: object) -> bool:
    domain = each.concept.partition(".")[0]
    if_found = getattr(counting, "defining_if_found", ())
    return domain in domains or (domain in if_found and each.present != "no")
