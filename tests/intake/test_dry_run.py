"""A dry run says what a real run would say, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

from livedo.record.build import read


def sources(folder: Path) -> Path:
    eva = {"resourceType": "Patient", "id": "eva", "gender": "female"}
    warfarin = {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "warfarin"},
        "subject": {"reference": "Patient/eva"},
        "authoredOn": "2026-01-05T09:00:00Z",
    }
    later = warfarin | {"id": "m2", "authoredOn": "2026-03-05T09:00:00Z"}
    folder.mkdir()
    lines = "\n".join(json.dumps(one) for one in (eva, warfarin, later))
    (folder / "all.ndjson").write_text(lines, encoding="utf-8")
    return folder


def test_a_dry_run_counts_and_proposes_what_a_real_run_does(tmp_path: Path) -> None:
    source = sources(tmp_path / "export")
    tried = read(source, tmp_path / "record", dry_run=True)
    assert not (tmp_path / "record").exists()
    done = read(source, tmp_path / "record")
    assert tried.observed_proposed == done.observed_proposed != ()
    assert (tried.totals, tried.persons, tried.facts) == (done.totals, done.persons, done.facts)
