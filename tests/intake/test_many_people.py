"""Many people go over the disk, in buckets; the record must be the same as from memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from livedo.record import spill, versions, writer
from livedo.record.build import read, read_in_memory
from livedo.record.store import open_record
from tests.intake.made import (
    Resource,
    about,
    condition,
    finding,
    patient,
    request,
    result,
    write_lines,
)

PEOPLE = 60


@pytest.fixture
def little_memory() -> Iterator[None]:
    """As if a hundred rows were many."""
    with (
        patch.object(spill, "HELD", 90),
        patch.object(versions, "HELD", 70),
        patch.object(writer, "BUCKET_FACTS", 150),
        patch.object(writer, "ROW_GROUP", 16),
    ):
        yield


def of_everyone() -> Iterator[Resource]:
    """People after half of their results, with copies, corrections, outliers and ghosts."""
    for n in range(PEOPLE):
        who = f"p{n}"
        yield request({"text": "Warfarin" if n % 3 else ""}, f"m-{who}", subject=about(who))
        for day in range(1, 15):
            value = 6.5 if day == 9 and n % 4 == 0 else 1.5
            yield result(
                value + n / 1000,
                "mmol/L",
                id=f"o-{who}-{day}",
                subject=about(who),
                effectiveDateTime=f"2026-01-{day:02d}",
            )
        yield finding("sign.ulcer", f"f-{who}", subject=about(who), bodySite={"text": "left leg"})
        if n % 7:
            yield patient(who)
        if n % 5 == 0:
            yield result(1.9, "mmol/L", id=f"o-{who}-3", subject=about(who))
            yield condition(id=f"c-{who}", subject=about("p1"), meta={"versionId": "1"})
            yield condition(id=f"c-{who}", subject=about(who), meta={"versionId": "2"})
            yield condition(id=f"c-{who}", subject=about(who), meta={"versionId": "2"})


@pytest.mark.usefixtures("little_memory")
def test_a_record_of_many_is_what_memory_gives(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "all.ndjson", *of_everyone())
    spans = ["drug=2024-01-01..2026-01-01", "condition=2024-01-01..2026-01-01"]
    in_memory = read_in_memory(source, observed=spans)
    report = read(source, tmp_path / "record", observed=spans)
    stored = open_record(tmp_path / "record")
    assert stored.bucket_count() > 4
    everyone = sorted(stored.patients(), key=lambda p: p.person.person_id)
    assert tuple(everyone) == in_memory.patients
    assert report.reasons == in_memory.report.reasons
    assert tuple(stored.ledger()) == in_memory.lines
    assert any(fact.is_query for one in everyone for fact in one.facts)
    assert [stored.patient(one.person.person_id) for one in everyone] == everyone


@pytest.mark.usefixtures("little_memory")
def test_every_bucket_gives_its_people_once(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "all.ndjson", *of_everyone())
    read(source, tmp_path / "record")
    stored = open_record(tmp_path / "record")
    by_bucket = [
        one.person.person_id
        for number in range(stored.bucket_count())
        for one in stored.patients_of_bucket(number)
    ]
    assert sorted(by_bucket) == stored.person_ids()
    assert len(stored) == len(by_bucket)
