"""Files as people and spreadsheets leave them: every row is used or named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.decisions.entries import CaseReport, Entry, NewEntry
from livedo.registry.exchange.case_ids import case_id
from livedo.registry.exchange.changes import Changes, changes
from livedo.registry.exchange.csv_files import read_folder
from livedo.registry.exchange.formula import guarded, unguarded
from tests.registry.exchanged import (
    FORM,
    IMPORT_AT,
    IMPORTER,
    KEY,
    NOON,
    exported,
    imported,
    importing,
    numbered,
    report,
    stands,
    write_csv,
)

CASE = case_id(KEY, "anemone")
DAY_OF_ENTRY = "2026-03-14"
WORDS = "first_wrong_diagnosis_other"


@pytest.fixture
def store() -> list[Entry]:
    entries = [
        report("case", ("tier", "suspected"), ("first_symptom_on", DAY_OF_ENTRY)),
        report("lesion", ("ulcer_on", "2026-03"), ("wound_area", "5.50"), at=NOON + 1),
        report("lesion", ("photo_reference", "Blåsort, ømt"), instance=2, at=NOON + 2),
    ]
    return numbered(entries)


def aside(found: Changes) -> list[tuple[str, int, str]]:
    assert found.rows_in == found.used + len(found.set_aside)
    return [(one.file, one.line, one.reason) for one in found.set_aside]


def lost(found: Changes) -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.reason) for one in found.parts_lost]


def values(entries: tuple[NewEntry, ...]) -> list[tuple[str, str, str]]:
    """Who enters what."""
    return [
        (entry.entered_by, *value)
        for entry in entries
        if isinstance(entry.body, CaseReport)
        for value in entry.body.values
    ]


def by_hand(folder: Path, text: str, name: str = "case.csv") -> Changes:
    (folder / name).write_bytes(text.encode())
    return imported(folder)


@pytest.mark.parametrize(
    "text", ["=1+1", "+45", "-3", "@x", "\t=1", "'=1", "''=1", "\uff1d1", " =1"]
)
def test_a_text_that_begins_like_a_formula_is_harmless_outside_and_whole_again_inside(
    text: str,
) -> None:
    assert guarded(text).startswith("'")
    assert unguarded(guarded(text)) == text


def test_no_cell_of_an_export_begins_like_a_formula(tmp_path: Path) -> None:
    entries = numbered([report("case", (WORDS, '=cmd|"/c calc"!A1'), by="@boss")])
    write_csv(exported(entries), tmp_path)
    text = (tmp_path / "case.csv").read_text("utf-8-sig")
    assert ",'=cmd" in text.replace('"', "")
    assert ",'@boss," in text


def test_a_file_written_by_hand_enters_under_the_name_of_whoever_imports(tmp_path: Path) -> None:
    found = by_hand(tmp_path, f"case_id;tier;first_symptom_on\n{CASE};clinical;2026-03\n")
    assert values(found.entries) == [
        (IMPORTER, "tier", "clinical"),
        (IMPORTER, "first_symptom_on", "2026-03"),
    ]
    assert {entry.entered_at for entry in found.entries} == {IMPORT_AT}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_and_separators_of_spreadsheets_are_read(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    text = "\r\n".join(separator.join(row) for row in (("case_id", WORDS), (CASE, "Sår på lår")))
    (tmp_path / "case.csv").write_bytes(text.encode(encoding))
    assert values(imported(tmp_path).entries) == [(IMPORTER, WORDS, "Sår på lår")]


def test_what_a_danish_spreadsheet_rewrites_is_still_what_was_exported(
    tmp_path: Path, store: list[Entry]
) -> None:
    write_csv(exported(store), tmp_path, ";")
    for file in tmp_path.iterdir():
        text = file.read_text("utf-8-sig")
        text = text.replace(f";{DAY_OF_ENTRY};", ";14-03-2026;").replace(";2026-03;", ";mar-26;")
        file.write_bytes(text.replace(";5.50;", ";5,5;").encode("cp1252"))
    assert imported(tmp_path, store).entries == ()
    restored = values(imported(tmp_path).entries)
    assert {name for name, _, _ in restored} == {"N. Nurse"}
    assert ("N. Nurse", "first_symptom_on", DAY_OF_ENTRY) in restored
    assert ("N. Nurse", "wound_area", "5.50") in restored


@pytest.mark.parametrize(
    ("entered", "rewritten"),
    [
        (("ulcer_on", "2026-03-04"), "04-03-26"),
        (("ulcer_on", "2026-03-04"), "3/4/2026"),
        (("ulcer_on", "2026-03"), "01-03-2026"),
        (("ulcer_on", "2026-05"), "maj-26"),
        (("extent", "5.10"), "05-okt"),
        (("extent", "5.5"), "05-maj"),
        (("extent", "12"), "12.00"),
    ],
)
def test_a_rewritten_cell_is_known_by_its_check(
    tmp_path: Path, entered: tuple[str, str], rewritten: str
) -> None:
    kept = numbered([report("lesion", entered)])
    write_csv(exported(kept), tmp_path)
    file = tmp_path / "lesion.csv"
    file.write_text(file.read_text("utf-8").replace(f",{entered[1]},", f",{rewritten},"), "utf-8")
    assert imported(tmp_path, kept).entries == ()
    assert values(imported(tmp_path).entries) == [("N. Nurse", *entered)]


def test_a_date_that_only_a_person_can_read_is_not_guessed(tmp_path: Path) -> None:
    found = by_hand(tmp_path, f"case_id,first_symptom_on\n{CASE},03-04-2026\n")
    assert found.entries == ()
    assert lost(found) == [(2, "first_symptom_on", "register_not_a_date")]


def test_a_changed_cell_is_of_whoever_imports_and_the_rest_of_who_entered_it(
    tmp_path: Path, store: list[Entry]
) -> None:
    write_csv(exported(store), tmp_path)
    file = tmp_path / "case.csv"
    file.write_text(file.read_text("utf-8").replace(",suspected,", ",confirmed,"), "utf-8")
    assert values(imported(tmp_path, store).entries) == [(IMPORTER, "tier", "confirmed")]
    assert ("N. Nurse", "first_symptom_on", DAY_OF_ENTRY) in values(imported(tmp_path).entries)
    assert ("N. Nurse", "tier", "confirmed") not in values(imported(tmp_path).entries)


def test_a_cell_that_was_emptied_takes_back_what_was_entered(
    tmp_path: Path, store: list[Entry]
) -> None:
    write_csv(exported(store), tmp_path)
    file = tmp_path / "case.csv"
    file.write_text(file.read_text("utf-8").replace(",suspected,", ",,"), "utf-8")
    assert values(imported(tmp_path, store).entries) == [(IMPORTER, "tier", "")]


def test_what_was_entered_since_the_export_is_not_overwritten(
    tmp_path: Path, store: list[Entry]
) -> None:
    write_csv(exported(store), tmp_path)
    file = tmp_path / "case.csv"
    file.write_text(file.read_text("utf-8").replace(",suspected,", ",clinical,"), "utf-8")
    since = numbered([*store, report("case", ("tier", "confirmed"), at=NOON + 9)])
    found = imported(tmp_path, since)
    assert found.entries == ()
    assert lost(found) == [(2, "tier", "register_changed_meanwhile")]


def test_an_old_export_does_not_bring_back_what_was_corrected(
    tmp_path: Path, store: list[Entry]
) -> None:
    write_csv(exported(store), tmp_path)
    since = numbered([*store, report("case", ("tier", "confirmed"), at=NOON + 9)])
    found = imported(tmp_path, since)
    assert found.entries == ()
    assert lost(found) == [(2, "tier", "register_older")]


def test_a_lesion_that_was_left_out_since_the_export_stays_left_out(
    tmp_path: Path, store: list[Entry]
) -> None:
    write_csv(exported(store), tmp_path)
    since = numbered([*store, report("lesion", at=NOON + 9, is_removed=True)])
    assert imported(tmp_path, since).entries == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            f"case_id,tier\n{CASE},clinical\n{CASE},clinical\n",
            ("case.csv", 3, "register_duplicate_row"),
        ),
        ("case_id,tier\nc0000,clinical\n", ("case.csv", 2, "register_unknown_case")),
        ("tier\nclinical\n", ("case.csv", 2, "register_no_case_column")),
        (f"case_id,tier,tier\n{CASE},clinical,\n", ("case.csv", 2, "register_double_column")),
        (f"case_id,tier\n{CASE},clinical,more\n", ("case.csv", 2, "register_cell_count")),
        (f"case_id,tier\n{CASE},cli\0nical\n", ("case.csv", 2, "register_not_text")),
        (f'case_id,tier\n{CASE},"clinical\n{CASE},x', ("case.csv", 2, "register_torn")),
    ],
)
def test_a_row_that_cannot_be_used_is_named(
    tmp_path: Path, text: str, reason: tuple[str, int, str]
) -> None:
    assert aside(by_hand(tmp_path, text)) == [reason]


def test_rows_that_contradict_each_other_are_all_named(tmp_path: Path) -> None:
    found = by_hand(tmp_path, f"case_id,tier\n{CASE},clinical\n{CASE},confirmed\n")
    assert [line for _, line, _ in aside(found)] == [2, 3]
    assert found.entries == ()


def test_a_repeating_form_needs_to_say_which(tmp_path: Path) -> None:
    found = by_hand(tmp_path, f"case_id,body_site\n{CASE},thigh\n", "lesion.csv")
    assert aside(found) == [("lesion.csv", 2, "register_bad_instance")]


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("wound_area", "999999", "register_out_of_range"),
        ("wound_area", "five", "register_not_a_number"),
        ("ulcer_on", "2026-02-30", "register_not_a_date"),
        ("is_ulcerated", "maybe", "register_not_a_choice"),
        ("body_site", "moon", "register_not_a_choice"),
        ("photo_reference", "x" * 300_000, "register_too_long"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_and_the_row_counts(
    tmp_path: Path, column: str, text: str, reason: str
) -> None:
    rows = f"case_id,instance,{column},removed\n{CASE},1,{text},\n"
    found = by_hand(tmp_path, rows, "lesion.csv")
    assert lost(found) == [(2, column, reason)]
    assert (found.used, found.entries) == (1, ())


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "case.csv").write_bytes(b"case_id,tier\n\x81\x8d,\xff\n")
    assert aside(imported(tmp_path)) == [("case.csv", 1, "register_encoding")]


def test_unknown_columns_and_blank_lines_are_no_obstacle(tmp_path: Path) -> None:
    found = by_hand(tmp_path, f"case_id,shoe_size,tier\n\n,,\n{CASE},44,clinical\n")
    assert values(found.entries) == [(IMPORTER, "tier", "clinical")]


def test_nothing_is_entered_into_a_lesion_that_was_left_out_since(
    tmp_path: Path, store: list[Entry]
) -> None:
    write_csv(exported(store), tmp_path)
    file = tmp_path / "lesion.csv"
    file.write_text(file.read_text("utf-8").replace(",5.50,", ",6.50,"), "utf-8")
    since = numbered([*store, report("lesion", at=NOON + 1, is_removed=True, entry_id="gone")])
    found = imported(tmp_path, since)
    assert found.entries == ()
    assert lost(found) == [(2, "wound_area", "register_left_out")]


def test_a_lesion_taken_up_again_begins_empty(tmp_path: Path) -> None:
    entries = numbered(
        [
            report("lesion", ("body_site", "thigh"), at=NOON),
            report("lesion", at=NOON + 1, is_removed=True),
            report("lesion", ("is_ulcerated", "yes"), at=NOON + 2),
        ]
    )
    (row,) = exported(entries)
    assert row.cells["body_site"].text == ""
    assert row.cells["is_ulcerated"].text == "yes"
    assert row.removed.text == ""


def test_two_who_say_something_at_one_moment_are_both_heard_before_a_removal(
    tmp_path: Path,
) -> None:
    entries = [
        report("lesion", ("body_site", "thigh"), by="Zoe", entry_id="first"),
        report("lesion", by="Anna", is_removed=True, entry_id="second"),
    ]
    write_csv(exported(numbered(entries)), tmp_path)
    assert stands(imported(tmp_path).entries) == stands(entries)


def test_a_person_id_that_contradicts_the_case_number_is_nobody(tmp_path: Path) -> None:
    found = by_hand(tmp_path, f"case_id,person_id,tier\n{CASE},bellis,clinical\n")
    assert aside(found) == [("case.csv", 2, "register_unknown_case")]
    found = by_hand(tmp_path, f"case_id,person_id,tier\n{CASE},anemone,clinical\n")
    assert found.used == 1


def test_a_reference_that_the_record_no_longer_holds_is_named(tmp_path: Path) -> None:
    found = by_hand(tmp_path, f"case_id,instance,record_key\n{CASE},1,ref-0\n", "lesion.csv")
    assert lost(found) == [(2, "record_key", "register_unknown_reference")]


def test_a_date_after_the_day_it_was_said_is_refused(tmp_path: Path) -> None:
    found = by_hand(tmp_path, f"case_id,first_symptom_on\n{CASE},2999\n")
    assert lost(found) == [(2, "first_symptom_on", "register_impossible")]


def test_nobody_can_put_another_name_to_a_value(tmp_path: Path, store: list[Entry]) -> None:
    write_csv(exported(store), tmp_path)
    file = tmp_path / "case.csv"
    text = file.read_text("utf-8")
    forged = text.replace("suspected,entered,N. Nurse", "confirmed,entered,Dr. X")
    assert forged != text
    file.write_text(forged, "utf-8")
    told = {name for name, field, _ in values(imported(tmp_path).entries) if field == "tier"}
    assert told == {IMPORTER}


def test_an_export_of_another_store_takes_nothing_back(tmp_path: Path, store: list[Entry]) -> None:
    other = numbered([report("case", ("kind", "uraemic"))])
    write_csv(exported(other), tmp_path)
    foreign = read_folder(tmp_path, FORM, b"another key" * 3)
    found = changes(importing(store), foreign.rows, foreign.set_aside)
    assert values(found.entries) == [(IMPORTER, "kind", "uraemic")]
