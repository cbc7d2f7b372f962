"""The record folder: one person at once, everyone in flat memory, the same bytes each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from livedo.errors import OutputUnwritable, PersonUnknown, RecordUnreadable
from livedo.record import columns
from livedo.record.build import read
from livedo.record.manifest import read_manifest
from livedo.record.store import open_record
from livedo.record.tables import FACT_ORDER, Fact, Note, Observed, Person, SetAside
from tests.intake.made import (
    about,
    condition,
    finding,
    observation,
    patient,
    request,
    result,
    write_lines,
)


def source(folder: Path) -> Path:
    """Three people: Eva with much, Ida with a little, Ole with nothing."""
    return write_lines(
        folder / "export" / "all.ndjson",
        patient(),
        patient("ida"),
        patient("ole", gender="male"),
        *[
            result(1 + n / 10, "mmol/L", id=f"o{n}", effectiveDateTime=f"2026-01-{n + 1:02d}")
            for n in range(20)
        ],
        condition(),
        request(id="m1", subject=about("ida")),
        finding("sign.ulcer", bodySite={"text": "left thigh"}),
        observation(id="øre", valueString="negativ, Ærø"),
        {"resourceType": "Encounter", "id": "e1"},
    )


@pytest.fixture
def record(tmp_path: Path) -> Path:
    read(source(tmp_path), tmp_path / "record", observed=["drug=2024-01-01..2026-02-01"])
    return tmp_path / "record"


def test_one_person_is_read_without_the_others(record: Path) -> None:
    eva = open_record(record).patient("eva")
    assert eva.person.sex == "female"
    assert len(eva.facts) == 22
    assert {fact.person_id for fact in eva.facts} == {"eva"}
    assert [span.domain for span in eva.observed] == ["drug"]


def test_someone_of_whom_nothing_is_recorded_is_still_a_person(record: Path) -> None:
    assert open_record(record).patient("ole").facts == ()


def test_everyone_comes_once_and_the_same_as_alone(record: Path) -> None:
    opened = open_record(record)
    everyone = {p.person.person_id: p for p in opened.patients()}
    assert sorted(everyone) == opened.person_ids() == ["eva", "ida", "ole"]
    for person_id, found in everyone.items():
        assert open_record(record).patient(person_id) == found


def test_an_unknown_person_is_refused_without_naming_anyone(record: Path) -> None:
    with pytest.raises(PersonUnknown) as refused:
        open_record(record).patient("nobody-4711")
    assert "4711" not in str(refused.value)


def test_facts_are_in_their_order(record: Path) -> None:
    facts = open_record(record).patient("eva").facts
    assert sorted(facts, key=lambda f: tuple(getattr(f, n) for n in FACT_ORDER)) == list(facts)


def test_other_tools_read_the_files_with_dates_as_dates(record: Path) -> None:
    data = record / read_manifest(record).data
    table = pq.read_table(data / "fact" / "bucket-000.parquet")
    assert table.schema.names == list(columns.FACT_TYPES)
    assert str(table.schema.field("start_at").type) == "timestamp[us]"
    assert table.column("start_at").null_count == 0


@pytest.mark.parametrize(
    ("shape", "types"),
    [
        (Fact, columns.FACT_TYPES),
        (Person, columns.PERSON_TYPES),
        (Observed, columns.OBSERVED_TYPES),
        (Note, columns.NOTE_TYPES),
        (SetAside, columns.LEDGER_TYPES),
    ],
)
def test_every_field_of_a_row_has_a_column(shape: type, types: dict[str, object]) -> None:
    assert set(types) == set(shape.__struct_fields__)  # type: ignore[attr-defined]


def test_the_manifest_says_what_was_read(record: Path) -> None:
    manifest = read_manifest(record)
    totals = manifest.totals
    assert (totals.items_in, totals.used, totals.set_aside) == (28, 26, 2)
    assert manifest.reasons == {"resource_not_used": 1, "unreadable_value": 1}
    assert manifest.sources == ("all.ndjson",)
    assert manifest.newest_known == "2026-03-02T12:00:00Z"
    assert manifest.observed == ("drug=2024-01-01..2026-02-01",)
    assert manifest.observed_proposed == (
        "condition=2010-03-01..2026-03-02",
        "drug=2025-02-01..2026-03-02",
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


READ = "import sys; from livedo.record.build import read; read(sys.argv[1], sys.argv[2])"


def test_the_same_source_gives_the_same_bytes_wherever_it_is_read(tmp_path: Path) -> None:
    export = source(tmp_path)
    found = []
    for n, (seed, zone, locale) in enumerate(
        [("0", "UTC", "C"), ("1", "Asia/Kolkata", "da_DK.UTF-8"), ("4711", "America/Lima", "tr_TR")]
    ):
        into = tmp_path / f"record-{n}"
        surroundings = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        subprocess.run(
            [sys.executable, "-c", READ, str(export), str(into)], check=True, env=surroundings
        )
        found.append(tree(into))
    assert found[0] == found[1] == found[2]


def test_reading_again_leaves_what_others_keep_in_the_folder(record: Path, tmp_path: Path) -> None:
    (record / "runs").mkdir()
    (record / "runs" / "1.json").write_text("{}")
    read(write_lines(tmp_path / "new.ndjson", patient("new")), record)
    assert open_record(record).person_ids() == ["new"]
    assert sorted(p.name.partition("-")[0] for p in record.iterdir()) == [
        "data",
        "manifest.json",
        "runs",
    ]


def test_reading_the_same_again_changes_no_byte(record: Path, tmp_path: Path) -> None:
    before = tree(record)
    read(source(tmp_path), record, observed=["drug=2024-01-01..2026-02-01"])
    assert tree(record) == before


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    report = read(source(tmp_path), tmp_path / "record", dry_run=True)
    assert report.document()["in"] == 28
    assert not (tmp_path / "record").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("x")
    with pytest.raises(OutputUnwritable):
        read(source(tmp_path), tmp_path / "letters")
    assert tree(tmp_path / "letters") == {"dear.txt": b"x"}


def test_a_folder_that_is_no_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordUnreadable) as refused:
        open_record(tmp_path)
    assert "livedo read" in str(refused.value)


def test_a_record_of_another_version_is_refused(record: Path) -> None:
    place = record / "manifest.json"
    place.write_text(place.read_text().replace('"schema": 1', '"schema": 2'))
    with pytest.raises(RecordUnreadable) as refused:
        open_record(record)
    assert "another version" in str(refused.value)


def test_a_damaged_record_says_so(record: Path) -> None:
    for path in (record / read_manifest(record).data).rglob("*.parquet"):
        path.write_bytes(b"damaged")
    with pytest.raises(RecordUnreadable):
        open_record(record).patient("eva")


def test_test_data_makes_an_invented_record(tmp_path: Path) -> None:
    tag = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
    invented = write_lines(tmp_path / "a.ndjson", patient(meta={"tag": [tag]}))
    mixed = write_lines(tmp_path / "b.ndjson", patient(meta={"tag": [tag]}), patient("real"))
    read(invented, tmp_path / "invented")
    read(mixed, tmp_path / "mixed")
    assert read_manifest(tmp_path / "invented").is_invented
    assert not read_manifest(tmp_path / "mixed").is_invented
