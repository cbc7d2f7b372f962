"""Nothing disappears: items read are items used and items set aside, always."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from livedo.errors import SourceUnreadable
from livedo.record.build import read, read_in_memory
from livedo.record.store import open_record
from livedo.record.tables import SetAside
from livedo.sources.intake import LINES_KEPT, Ledger
from tests.intake.generated import LINES
from tests.intake.made import patient, settled

OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOMETIMES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@OFTEN
@given(LINES)
def test_items_read_are_items_used_and_items_set_aside(lines: list[bytes]) -> None:
    found = settled(*lines)
    totals = found.totals
    assert totals.items_in == totals.used + totals.set_aside
    assert totals.set_aside == sum(found.ledger.reasons().values())
    assert totals.set_aside == sum(
        line.count for line in found.ledger.sorted_lines() if not line.is_part
    )
    rows = sum(len(p.facts) + len(p.notes) for p in found.patients) + len(found.patients)
    assert (totals.used == 0) <= (rows == 0)


@SOMETIMES
@given(LINES)
def test_a_record_on_disk_holds_what_reading_into_memory_gives(lines: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, record = Path(folder, "made.ndjson"), Path(folder, "record")
        source.write_bytes(b"\n".join([*lines, b'{"resourceType":"Encounter"}']) + b"\n")
        spans = ["drug=2024-01-01..2026-01-01,history"]
        in_memory = read_in_memory(source, observed=spans)
        report = read(source, record, observed=spans)
        stored = open_record(record)
        assert (
            tuple(sorted(stored.patients(), key=lambda p: p.person.person_id)) == in_memory.patients
        )
        assert report.totals == in_memory.report.totals
        assert report.reasons == in_memory.report.reasons
        assert stored.newest_known_at == in_memory.newest_known_at
        assert tuple(stored.ledger()) == in_memory.lines
        for one in in_memory.patients:
            assert stored.patient(one.person.person_id) == one


def test_every_kind_of_resource_that_is_not_used_is_counted() -> None:
    found = settled(
        patient(), *[{"resourceType": kind, "id": "x"} for kind in ("Encounter", "Claim")]
    )
    assert found.ledger.reasons() == {"resource_not_used": 2}
    assert {line.item for line in found.ledger.sorted_lines()} == {"Encounter", "Claim"}


def test_a_ledger_stays_small_and_exact_when_everything_goes_wrong() -> None:
    ledger = Ledger()
    for n in range(LINES_KEPT * 3):
        ledger.set_aside(
            SetAside(source="f", item=f"Observation/{n}", path="", reason="unknown_patient")
        )
    assert ledger.reasons() == {"unknown_patient": LINES_KEPT * 3}
    assert len(ledger.lines) == LINES_KEPT + 1


def test_sources_that_hold_nothing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.ndjson").write_bytes(b"")
    for source in (tmp_path, tmp_path / "empty.ndjson", tmp_path / "missing"):
        with pytest.raises(SourceUnreadable) as refused:
            read(source, tmp_path / "record")
        assert refused.value.next_step
    assert not (tmp_path / "record").exists()
