"""Runs are kept beside the record, and the next one says what changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from livedo.act import worklist
from livedo.act.document import screening_chunks
from livedo.act.runs import HEAD, RESULTS, kept_runs, open_run
from livedo.act.worklist import screen
from livedo.errors import SourceUnreadable
from tests.act.people import as_of, engine
from tests.act.records import unit_of


def test_a_screening_of_a_record_is_kept_as_a_whole_run(tmp_path: Path) -> None:
    record = unit_of({"a": 4.0, "b": 7.0}, tmp_path)
    screening = screen(record, engine(), as_of())
    assert kept_runs(record.path) == [screening.run]
    folder = record.path / "runs" / screening.run
    assert sorted(path.name for path in folder.iterdir()) == sorted([HEAD, RESULTS])
    assert open_run(record.path, screening.run).of("a") is not None


def test_the_same_screening_has_the_same_run(tmp_path: Path) -> None:
    record = unit_of({"a": 4.0}, tmp_path)
    first, second = (screen(record, engine(), as_of()) for _ in range(2))
    assert first.run == second.run
    assert kept_runs(record.path) == [first.run]


def test_nothing_is_kept_when_not_asked_for(tmp_path: Path) -> None:
    record = unit_of({"a": 4.0}, tmp_path)
    screen(record, engine(), as_of(), keep_run=False)
    assert kept_runs(record.path) == []


def test_compared_with_its_own_run_nothing_changed(tmp_path: Path) -> None:
    record = unit_of({"a": 4.0, "b": 7.0}, tmp_path)
    run = screen(record, engine(), as_of()).run
    again = screen(record, engine(), as_of(), changed_since=run)
    assert {result.direction for result in again.patients} == {"same"}
    assert all(result.changed == () for result in again.patients)


def test_compared_with_a_date_a_newer_high_phosphate_is_told(tmp_path: Path) -> None:
    record = unit_of({"b": 7.0}, tmp_path)
    (result,) = screen(record, engine(), as_of(), changed_since="2026-11-01").patients
    assert any("High phosphate" in change.text for change in result.changed)


def test_an_unknown_run_is_refused_with_what_to_do(tmp_path: Path) -> None:
    record = unit_of({"a": 4.0}, tmp_path)
    with pytest.raises(SourceUnreadable) as refused:
        screen(record, engine(), as_of(), changed_since="no-such-run")
    assert "date" in refused.value.next_step


def test_a_damaged_run_is_refused_and_nothing_is_guessed(tmp_path: Path) -> None:
    record = unit_of({"a": 4.0}, tmp_path)
    run = screen(record, engine(), as_of()).run
    (record.path / "runs" / run / HEAD).write_text("{", encoding="utf-8")
    with pytest.raises(SourceUnreadable):
        open_run(record.path, run)


def test_a_record_that_cannot_be_written_to_is_still_screened(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record = unit_of({"a": 4.0}, tmp_path)
    (record.path / "runs").write_text("in the way", encoding="utf-8")
    screening = screen(record, engine(), as_of())
    assert len(screening.patients) == 1
    assert "not kept" in caplog.text


def test_two_processes_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = unit_of({f"p{n}": 4.0 + n / 2 for n in range(8)}, tmp_path)
    monkeypatch.setattr(worklist, "FEWEST_FOR_PROCESSES", 1)
    alone = "".join(screening_chunks(screen(record, engine(), as_of())))
    told: list[tuple[int, int | None]] = []
    together = screen(
        record, engine(), as_of(), processes=2, progress=lambda done, of: told.append((done, of))
    )
    assert "".join(screening_chunks(together)) == alone
    assert told[-1] == (8, 8)
    assert len(json.loads(alone)["patients"]) == 8
