"""How complete a register is: a blank is missing only where it could have been answered."""

from __future__ import annotations

from livedo.decisions.entries import Adjudication, NewEntry
from livedo.knowledge.register import load_case_report_form
from livedo.knowledge.register_quality import load_missing_answers
from livedo.registry.completeness import Completeness, FieldCount, by_centre, completeness
from livedo.registry.form import CaseForm, filled, outside_the_record
from tests.registry.exchanged import NOON, numbered, report


def case(person: str, *entries: NewEntry) -> CaseForm:
    return filled(outside_the_record(person), numbered(entries), NOON + 1)


def count(found: Completeness, form: str, field: str) -> FieldCount:
    (of_form,) = (one for one in found.forms if one.form == form)
    return next(one for one in of_form.fields if one.field == field)


def outcome(person: str, *values: tuple[str, str]) -> NewEntry:
    return report("outcome", *values, person=person)


def test_unknown_is_an_answer_and_a_blank_is_none() -> None:
    found = completeness(
        [
            case("a", report("person", ("sex", "female"), person="a")),
            case("b", report("person", ("sex", "unknown"), person="b")),
            case("c"),
        ]
    )
    sex = count(found, "person", "sex")
    assert (sex.asked, sex.answered, sex.unknown, sex.blank) == (3, 1, 1, 1)
    assert (sex.record, sex.entered, sex.confirmed) == (0, 2, 0)
    assert (found.cases, found.entered) == (3, 2)


def test_nobody_who_lives_lacks_a_day_of_death() -> None:
    found = completeness(
        [
            case("a", outcome("a", ("is_dead", "no"))),
            case("b", outcome("b", ("is_dead", "yes"))),
            case("c"),
        ]
    )
    died = count(found, "outcome", "died_on")
    assert (died.asked, died.blank, died.not_asked) == (1, 1, 2)
    assert count(found, "outcome", "is_dead").blank == 1


def test_a_lesion_that_has_not_healed_lacks_nothing() -> None:
    lesion = report("lesion", ("body_site", "thigh"), ("is_ulcerated", "no"), person="a")
    found = completeness([case("a", lesion), case("b")])
    healed, ulcer = count(found, "lesion", "healed_on"), count(found, "lesion", "ulcer_on")
    assert (healed.asked, healed.blank, healed.not_yet) == (1, 0, 1)
    assert (ulcer.asked, ulcer.not_asked) == (0, 1)
    (lesions,) = (one for one in found.forms if one.form == "lesion")
    assert (lesions.cases, lesions.instances) == (1, 1)


def test_every_asked_field_is_answered_unknown_blank_or_not_yet() -> None:
    lesion = report("lesion", ("body_site", "thigh"), person="a")
    found = completeness([case("a", lesion), case("b", outcome("b", ("is_dead", "yes")))])
    for form in found.forms:
        for one in form.fields:
            assert one.asked == one.answered + one.unknown + one.blank + one.not_yet
            assert one.asked + one.not_asked == form.instances
            assert one.answered + one.unknown == one.record + one.entered + one.confirmed
    said, asked = found.required
    assert 0 < said < asked


def test_nothing_is_asked_of_who_was_withdrawn() -> None:
    gone = case("a", report("case", ("in_register", "no"), person="a"))
    found = completeness([gone, case("b")])
    assert (found.cases, found.withdrawn, found.entered) == (1, 1, 0)
    assert count(found, "person", "sex").asked == 1


def test_each_centre_is_counted_alone() -> None:
    cases = [case("a", report("person", ("centre", "Aarhus"), person="a")), case("b"), case("c")]
    found = by_centre(cases, {"b": "Odense", "c": None})
    assert {centre: one.cases for centre, one in found.items()} == {"": 1, "Aarhus": 1, "Odense": 1}


def test_rules_of_what_is_missing_name_fields_and_answers_that_exist() -> None:
    form, rules = load_case_report_form(), load_missing_answers()
    for name in (*rules.may_not_have_happened, *(rule.field for rule in rules.only_where)):
        assert form.field(*name.split(".")), name
    for rule in rules.only_where:
        asked = form.field(rule.field.split(".")[0], rule.asked_if)
        assert asked is not None
        known = {choice.id for choice in asked.choices} | {"yes", "no"}
        assert known >= {*rule.is_one_of, *rule.is_none_of}


def test_an_adjudication_alone_fills_no_form() -> None:
    body = Adjudication(reading="single", verdict="confirmed")
    entry = NewEntry(
        entry_id="x",
        person_id="a",
        kind="adjudication",
        entered_at=NOON,
        entered_by="N. Nurse",
        body=body,
    )
    assert completeness([case("a", entry)]).entered == 0
