"""The register in REDCap: a dictionary it takes, records it takes, and what comes back from it."""

from __future__ import annotations

import csv
import io
import re

import pytest

from livedo.decisions.entries import CaseReport, Entry
from livedo.knowledge.register import CaseReportForm, Choice, Field
from livedo.knowledge.schema import Text
from livedo.registry.exchange.case_ids import case_id
from livedo.registry.exchange.changes import Changes
from livedo.registry.exchange.redcap_dictionary import COLUMNS, dictionary, repeating
from livedo.registry.exchange.redcap_names import LONGEST_NAME, codes_of, field_names, name_of
from livedo.registry.exchange.redcap_records import records
from tests.registry.exchanged import (
    FORM,
    IMPORTER,
    KEY,
    NOON,
    exported,
    numbered,
    redcap_imported,
    report,
)

CASE = case_id(KEY, "anemone")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def said(key: str) -> str:
    return key


def dictionary_of(form: CaseReportForm, **more: bool) -> list[dict[str, str]]:
    return table(dictionary(form, said, "da", **more))


@pytest.fixture
def store() -> list[Entry]:
    entries = [
        report(
            "case", ("tier", "suspected"), ("first_symptom_on", "2026-03"), ("comment", "a\n=b")
        ),
        report("lesion", ("body_site", "thigh"), ("is_ulcerated", "unknown"), at=NOON + 1),
        report("lesion", ("body_site", "penis"), instance=2, at=NOON + 2),
        report("lesion", instance=2, at=NOON + 3, is_removed=True),
    ]
    return numbered(entries)


def values(found: Changes) -> list[tuple[str, str, str]]:
    return [
        (entry.entered_by, *value)
        for entry in found.entries
        if isinstance(entry.body, CaseReport)
        for value in entry.body.values
    ]


def test_the_dictionary_is_one_that_redcap_takes() -> None:
    lines = dictionary_of(FORM)
    assert tuple(lines[0]) == COLUMNS
    assert len(COLUMNS) == 18
    names = [line["Variable / Field Name"] for line in lines]
    assert names[0] == "record_id"
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert len(name) <= LONGEST_NAME
    forms = [line["Form Name"] for line in lines]
    assert sorted(forms, key=forms.index) == forms, "the fields of a form stand together"
    for line in lines:
        choices = line["Choices, Calculations, OR Slider Labels"]
        assert bool(choices) == (line["Field Type"] in ("radio", "dropdown"))
        for choice in choices.split(" | ") if choices else ():
            assert re.fullmatch(r"[A-Za-z0-9_]+, [^|,][^|]*", choice)


def test_no_field_may_have_a_name_that_an_export_needs_itself() -> None:
    ours = {"removed", "origin", "check", "case_id", "person_id", "instance", "complete"}
    for form in FORM.forms:
        assert ours.isdisjoint(field.id for field in form.fields)


def test_a_partial_date_and_an_unknown_number_stay_what_they_are() -> None:
    by_name = {line["Variable / Field Name"]: line for line in dictionary_of(FORM)}
    for name, note in (
        ("case_first_symptom_on", "redcap.date_note"),
        ("lesion_wound_area", "redcap.number_note"),
    ):
        assert by_name[name]["Field Type"] == "text"
        assert by_name[name]["Text Validation Type OR Show Slider Number"] == ""
        assert by_name[name]["Field Note"].endswith(note)


def test_yes_no_has_a_third_answer() -> None:
    by_name = {line["Variable / Field Name"]: line for line in dictionary_of(FORM)}
    choices = by_name["lesion_is_ulcerated"]["Choices, Calculations, OR Slider Labels"]
    assert [choice.split(",")[0] for choice in choices.split(" | ")] == ["yes", "no", "unknown"]


def test_a_long_name_is_cut_evenly_and_stays_readable() -> None:
    assert name_of("case", "first_wrong_diagnosis_on") == "case_first_wrong_diagno_on"
    assert len(set(field_names(FORM).values())) == len(field_names(FORM))


def test_forms_that_repeat_are_listed_for_redcap() -> None:
    text = repeating(FORM)
    assert text.startswith("form_name,custom_form_label\r\nweight,\r\nlesion,\r\n")
    assert "case," not in text


def test_a_case_has_one_row_and_each_lesion_one_more(store: list[Entry]) -> None:
    rows = table(records(FORM, exported(store), KEY))
    assert [(row["redcap_repeat_instrument"], row["redcap_repeat_instance"]) for row in rows] == [
        ("", ""),
        ("lesion", "1"),
        ("lesion", "2"),
    ]
    assert {row["record_id"] for row in rows} == {CASE}
    assert rows[0]["case_tier"] == "suspected"
    assert rows[0]["case_complete"] == "0", "required answers are missing"
    assert rows[2]["lesion_removed"] == "yes"


def test_a_person_id_leaves_only_when_asked(store: list[Entry]) -> None:
    assert "anemone" not in records(FORM, exported(store), KEY)
    with_ids = table(records(FORM, exported(store), KEY, with_person_ids=True))
    assert with_ids[0]["person_id"] == "anemone"
    marked = dictionary_of(FORM, with_person_ids=True)[1]
    assert (marked["Variable / Field Name"], marked["Identifier?"]) == ("person_id", "y")


def test_what_was_changed_in_redcap_is_of_whoever_imports(store: list[Entry]) -> None:
    text = records(FORM, exported(store), KEY).replace(",suspected,", ",confirmed,")
    assert values(redcap_imported(text, store)) == [(IMPORTER, "tier", "confirmed")]


def test_a_lesion_that_redcap_added_is_entered(store: list[Entry]) -> None:
    text = (
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,redcap_data_access_group,"
        f"lesion_body_site,lesion_complete\r\n{CASE},lesion,3,aarhus,thigh,0\r\n"
    )
    found = redcap_imported(text, store)
    assert values(found) == [(IMPORTER, "body_site", "thigh")]
    (body,) = (entry.body for entry in found.entries)
    assert isinstance(body, CaseReport)
    assert body.instance == 3


def test_a_guard_that_redcap_adds_when_it_exports_is_taken_away(store: list[Entry]) -> None:
    entries = numbered([report("case", ("first_wrong_diagnosis_other", "=b"))])
    text = records(FORM, exported(entries), KEY)
    assert ",'=b," in text
    assert values(redcap_imported(text.replace(",'=b,", ",''=b,"))) == [
        ("N. Nurse", "first_wrong_diagnosis_other", "=b")
    ]


def test_a_word_that_is_no_longer_a_choice_is_kept_beside_the_field() -> None:
    entries = numbered(
        [report("case", ("tier", "suspected")), report("lesion", ("body_site", "tentacle"))]
    )
    text = records(FORM, exported(entries), KEY)
    assert ",tentacle," not in text
    found = redcap_imported(text, entries)
    assert (found.entries, found.parts_lost) == ((), ())


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{CASE},moon,1,", "register_unknown_form"),
        (f"{CASE},lesion,zero,", "register_bad_instance"),
        ("17,lesion,1,thigh", "register_unknown_case"),
    ],
)
def test_a_record_that_cannot_be_used_is_named(row: str, reason: str) -> None:
    head = "record_id,redcap_repeat_instrument,redcap_repeat_instance,lesion_body_site"
    found = redcap_imported(f"{head}\n{row}\n")
    assert [(one.line, one.reason) for one in found.set_aside] == [(2, reason)]
    assert found.rows_in == found.used + 1


def test_a_formula_typed_in_redcap_loses_the_guard_of_its_export() -> None:
    text = f"record_id,case_firs_wron_diag_othe\n{CASE},'=b\n"
    name = field_names(FORM)["case", "first_wrong_diagnosis_other"]
    found = redcap_imported(text.replace("case_firs_wron_diag_othe", name))
    assert values(found) == [(IMPORTER, "first_wrong_diagnosis_other", "=b")]


def test_two_words_never_share_a_code() -> None:
    words = tuple(Choice(id=word, label=Text("x", "x")) for word in ("mg/dL", "mg_dL", "mg.dL"))
    field = Field(id="unit", label=Text("x", "x"), type="choice", choices=words)
    codes = codes_of(field)
    assert codes["mg_dL"].startswith("mg_dL")
    assert len(set(codes.values())) == len(codes)


def test_raw_codes_of_units_come_back_as_units(store: list[Entry]) -> None:
    unit = report("lab", ("unit", "mmol/L"), at=NOON + 5)
    text = records(FORM, exported(numbered([unit])), KEY)
    assert ",mmol_L," in text
    assert values(redcap_imported(text)) == [("N. Nurse", "unit", "mmol/L")]
