"""Work spread over several processes, and what Ctrl-C does to them."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from livedo.record import writer
from livedo.record.store import Record
from livedo.registry.by_bucket import nothing, over_buckets
from tests.registry.programme import on, person, written


def hears_interrupts(record: Record, number: int, own: None) -> bool:
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def test_ctrl_c_is_left_to_whoever_started_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "BUCKET_FACTS", 3)
    people = [person(f"p{n}", on(f"p{n}", f"2021-{n:02}-01")) for n in range(1, 7)]
    record = written(tmp_path / "r", people)
    assert not any(over_buckets(hears_interrupts, record, nothing, processes=2))
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
