"""What silence means is declared by whoever reads, never inferred."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.errors import DateInvalid
from livedo.instants import iso, zone_named
from livedo.record.build import read, read_in_memory
from livedo.record.declared import declared_spans, text_of
from tests.intake.made import patient, request, write_lines

COPENHAGEN = zone_named("Europe/Copenhagen")


def test_a_span_runs_from_the_first_to_the_last_local_day() -> None:
    (span,) = declared_spans(["drug=2024-01-01..2026-11-01"], COPENHAGEN)
    assert iso(span.from_at) == "2023-12-31T23:00:00Z"
    assert iso(span.to_at) == "2026-11-01T22:59:59.999999Z"
    assert not span.with_history
    assert text_of(span, COPENHAGEN) == "drug=2024-01-01..2026-11-01"


def test_a_span_can_include_everything_before() -> None:
    (span,) = declared_spans(["condition=2024-01-01..2026-11-01,history"], COPENHAGEN)
    assert span.with_history


def test_spans_may_stand_in_a_small_file(tmp_path: Path) -> None:
    place = tmp_path / "observed.yaml"
    place.write_text(
        "observed:\n  drug: 2024-01-01..2026-11-01\n"
        "  condition: [2020-01-01..2021-01-01, '2023-01-01..2026-11-01,history']\n"
    )
    spans = declared_spans([str(place)], COPENHAGEN)
    assert [(span.domain, span.with_history) for span in spans] == [
        ("condition", False),
        ("condition", True),
        ("drug", False),
    ]


@pytest.mark.parametrize(
    "text", ["drug", "drug=2024", "drug=2024-01-01..soon", "drug=2026-01-01..2024-01-01", "=a..b"]
)
def test_a_span_that_cannot_be_read_says_how_to_write_one(text: str) -> None:
    with pytest.raises(DateInvalid) as refused:
        declared_spans([text], COPENHAGEN)
    assert refused.value.next_step


def test_without_a_declaration_nothing_is_observed(tmp_path: Path) -> None:
    found = read_in_memory(write_lines(tmp_path / "a.ndjson", patient(), request()))
    assert found.patients[0].observed == ()


def test_a_read_proposes_the_line_to_declare(tmp_path: Path) -> None:
    report = read(
        write_lines(
            tmp_path / "a.ndjson", patient(), request(), request(id="m2", authoredOn="2026")
        ),
        tmp_path / "record",
    )
    assert report.observed_proposed == ("drug=2025-02-01..2026-12-31",)
