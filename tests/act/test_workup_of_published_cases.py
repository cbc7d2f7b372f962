"""The work-up of published cases: blanks are asked for and never read as done."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.act.explanation import explain
from livedo.act.parts import Workup
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.tables import PatientRecord
from livedo.sources.memory import MemorySink
from livedo.sources.vignettes import read_vignette
from tests.act.people import engine
from tests.vignettes.test_vignettes import MOMENT, PUBLISHED

CASES = sorted(PUBLISHED.glob("*.yaml")) if PUBLISHED.is_dir() else []
KNOWN_WITHOUT_A_RESULT = "kidney_function"


def told(path: Path) -> tuple[PatientRecord, Workup]:
    sink = MemorySink()
    sink.opened(path.name)
    read_vignette(path, sink, load_vocabulary())
    (record,) = sink.settle().patients
    return record, explain(record, engine(), MOMENT).workup


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_only_what_the_case_reports_is_done_and_every_blank_is_asked_for(path: Path) -> None:
    record, workup = told(path)
    reported = {fact.concept for fact in record.facts}
    assert workup.lines
    for line in workup.lines:
        asked = {f"fact:{fact.fact_id}" for fact in record.facts} & set(line.evidence)
        if line.id != KNOWN_WITHOUT_A_RESULT:
            assert (line.status == "missing") != bool(asked)
    pth = next(line for line in workup.lines if line.id == "pth")
    assert (pth.status == "missing") == ("lab.pth_intact" not in reported)
