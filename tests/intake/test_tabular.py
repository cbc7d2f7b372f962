"""Extracts as CSV and Excel: what a row says about a patient, and what becomes of a bad one."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livedo.errors import MappingInvalid, SourceUnreadable
from livedo.instants import iso
from livedo.record.build import InMemory, read, read_in_memory
from livedo.record.tables import Fact

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "csv"
PEOPLE = "id;sex;born\neva;K;01-05-1960\n"
HEADER = "id;date;known;code;value;unit"
LINE = "eva;02-03-2026;02-03-2026;FOSFAT;{};mmol/L"
MAPPING = """
tables:
  - {file: people.csv, row: person, delimiter: ";", date_format: "%d-%m-%Y",
     columns: {person: id, sex: sex, born: born}, words: {sex: {K: female}}}
  - {file: results.csv, row: result, delimiter: ";", decimal: ",", date_format: "%d-%m-%Y",
     columns: {person: id, date: date, known: known, code: code, value: value, unit: unit},
     local_codes: {FOSFAT: lab.phosphate, PTH: lab.pth_intact, ANA: lab.ana,
       LIVEDO: sign.livedo}}
"""


def extract(folder: Path, *lines: str, mapping: str = MAPPING, header: str = HEADER) -> InMemory:
    """Eva and these lines of results."""
    (folder / "people.csv").write_text(PEOPLE, "utf-8")
    content = "\n".join([header, *lines]) + "\n"
    (folder / "results.csv").write_bytes(content.encode("utf-8", "surrogateescape"))
    (folder / "mapping.yaml").write_text(mapping, "utf-8")
    return read_in_memory(folder)


def only_fact(found: InMemory) -> Fact:
    (fact,) = found.patients[0].facts
    return fact


def test_phosphate_with_a_decimal_comma_is_read_on_its_day(tmp_path: Path) -> None:
    fact = only_fact(extract(tmp_path, LINE.format("2,31")))
    assert (fact.concept, fact.low) == ("lab.phosphate", 2.31)
    assert iso(fact.start_from) == "2026-03-02T00:00:00Z"


def test_the_same_row_again_is_a_duplicate(tmp_path: Path) -> None:
    found = extract(tmp_path, LINE.format("2,31"), LINE.format("2,31"))
    assert only_fact(found).low == 2.31
    assert found.report.reasons == {"duplicate": 1}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (LINE.format(""), "no_value"),
        (LINE.format("ikke målt"), "no_value"),
        (LINE.format("2.31"), "unreadable_value"),
        (LINE.format("1.231"), "unreadable_value"),
        (LINE.format("92"), "impossible_value"),
        (LINE.format("1e999"), "impossible_value"),
        (LINE.format("=1+1"), "unreadable_cell"),
        (LINE.format("#I/T"), "unreadable_cell"),
        (LINE.format("2\x00"), "unreadable_cell"),
        (LINE.format("9" * 140_000), "wrong_shape"),
        (LINE.format("2,3\udcff"), "not_utf8"),
        ("eva;2026-03-02;;FOSFAT;2,31;mmol/L", "unreadable_date"),
        ("eva;46000;;FOSFAT;2,31;mmol/L", "unreadable_date"),
        ("eva;;;FOSFAT;2,31;mmol/L", "no_date"),
        ("eva;02-03-2026;;K99;2,31;mmol/L", "unknown_code"),
        ("eva;02-03-2026;;FOSFAT;2,31;furlong", "unknown_unit"),
        ("eva;02-03-2026;;FOSFAT;2,31;", "no_unit"),
        (";02-03-2026;;FOSFAT;2,31;mmol/L", "no_subject"),
        ("ida;02-03-2026;;FOSFAT;2,31;mmol/L", "unknown_patient"),
        ("eva;02-03-2026;;FOSFAT;2,31", "wrong_shape"),
        ("eva;02-03-2026;;LIVEDO;;", "no_value"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_and_the_next_is_read(
    tmp_path: Path, line: str, reason: str
) -> None:
    found = extract(tmp_path, line, LINE.format("1,8"))
    assert only_fact(found).low == 1.8
    assert found.report.reasons == {reason: 1}


def test_values_beyond_the_measuring_range_stay_open(tmp_path: Path) -> None:
    fact = only_fact(extract(tmp_path, "eva;02-03-2026;;PTH;>2500;ng/L"))
    assert fact.low is not None
    assert fact.high is None


@pytest.mark.parametrize(("word", "present"), [("nej", "no"), ("ja", "yes")])
def test_livedo_is_there_or_not_as_the_nurse_wrote(tmp_path: Path, word: str, present: str) -> None:
    assert only_fact(extract(tmp_path, f"eva;02-03-2026;;LIVEDO;{word};")).present == present


def test_negativ_is_a_word_of_the_laboratory(tmp_path: Path) -> None:
    assert only_fact(extract(tmp_path, "eva;02-03-2026;;ANA;neg;")).interpretation == "negative"


def test_blank_lines_are_no_items(tmp_path: Path) -> None:
    assert extract(tmp_path, "", ";;;;;", LINE.format("1,8")).report.totals.items_in == 2


def test_a_column_nobody_mapped_is_named_once(tmp_path: Path) -> None:
    lines = [LINE.format(v) + ";x" for v in ("1,8", "1,9")]
    found = extract(tmp_path, *lines, header=HEADER + ";remark")
    assert found.report.parts_lost == {"column_not_read": 1}


def test_an_empty_cell_of_a_wide_row_is_no_item(tmp_path: Path) -> None:
    wide = MAPPING[: MAPPING.index("  - {file: results")] + (
        '  - {file: results.csv, row: wide_results, date_format: "%d-%m-%Y", '
        "columns: {person: id, date: date}, wide: {P: {concept: lab.phosphate, unit: mmol/L}, "
        "C: {concept: lab.calcium_total, unit: mmol/L}}}\n"
    )
    found = extract(tmp_path, "eva,02-03-2026,1.8,", mapping=wide, header="id,date,P,C")
    assert only_fact(found).concept == "lab.phosphate"
    assert found.report.totals.items_in == 2


def test_every_mistake_of_a_mapping_is_told_together(tmp_path: Path) -> None:
    bad = MAPPING.replace("lab.phosphate", "lab.phosphat").replace("value: value", "valeu: value")
    with pytest.raises(MappingInvalid) as refused:
        extract(tmp_path, mapping=bad)
    said = str(refused.value)
    assert "did you mean lab.phosphate?" in said
    assert "did you mean value?" in said
    assert "line 5" in said or "line 6" in said


def test_a_missing_column_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(MappingInvalid, match="did you mean valu\\?"):
        extract(tmp_path, header=HEADER.replace("value", "valu"))


def test_a_file_without_headers_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(MappingInvalid) as refused:
        extract(tmp_path, header="eva-secret;02-03-2026;;FOSFAT;1,8;mmol/L")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\\\x.csv"])
def test_a_mapping_cannot_reach_outside_the_folder(tmp_path: Path, name: str) -> None:
    bad = MAPPING.replace("file: people.csv", f'file: "{name}"')
    with pytest.raises(MappingInvalid, match="only files inside the folder"):
        extract(tmp_path, mapping=bad)


def test_the_example_of_the_documentation_reads_to_a_record(tmp_path: Path) -> None:
    report = read(EXAMPLE, tmp_path / "record", zone="Europe/Copenhagen")
    assert report.persons == 12
    assert report.reasons == {"no_value": 1}
    assert report.parts_lost == {}


def test_a_workbook_reads_like_the_csv_with_its_dates_and_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Svar")
    for row in (HEADER.split(";"), ["eva", date(2026, 3, 2), None, "FOSFAT", 2.31, "mmol/L"]):
        sheet.append(row)
    book.save(tmp_path / "lab.xlsx")
    mapping = MAPPING.replace("file: results.csv", "file: lab.xlsx, sheet: Svar")
    fact = only_fact(extract(tmp_path, mapping=mapping))
    assert (fact.low, iso(fact.start_from)) == (2.31, "2026-03-02T00:00:00Z")


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lab.xlsx").write_bytes(b"PK nothing")
    mapping = MAPPING.replace("file: results.csv", "file: lab.xlsx, sheet: Svar")
    with pytest.raises(SourceUnreadable, match="could not be read"):
        extract(tmp_path, mapping=mapping)


CELLS = st.sampled_from(
    ["eva", "", "02-03-2026", "FOSFAT", "PTH", "2,31", "<5", "neg", "mmol/L", "#N/A", '"', "ø"]
) | st.text(max_size=5)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=7).map(";".join), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_whatever_the_rows_hold_items_are_used_or_set_aside(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clean = [line.encode("utf-8", "replace").decode() for line in lines]
        report = extract(Path(folder), *clean).report
    totals = report.totals
    assert totals.items_in == totals.used + totals.set_aside
    assert totals.set_aside == sum(report.reasons.values())
