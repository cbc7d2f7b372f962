"""Documents in memory are read exactly as the same documents in files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from livedo.demo.unit import write_unit
from livedo.errors import DateInvalid, SourceUnreadable
from livedo.record.build import InMemory, read_in_memory
from livedo.record.bundle import read_bundles
from tests.intake.generated import LINES
from tests.intake.made import bundle, condition, patient, request, result

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir-synthea"
SPANS = ["drug=2024-01-01..2026-01-01,history"]
PHOSPHATE = result(1.8, "mmol/L", id="good")
EVA = msgspec.json.encode(bundle(patient(), PHOSPHATE, condition(), request()))
SOMETIMES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def via_files(folder: Path, documents: list[bytes]) -> InMemory:
    """The same documents as files of the names that they have in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    places = [folder / f"document-{number}" for number in range(1, len(documents) + 1)]
    for place, content in zip(places, documents, strict=True):
        place.write_bytes(content)
    return read_in_memory([str(place) for place in places], observed=SPANS)


def same(folder: Path, documents: list[bytes]) -> InMemory:
    """What both ways give, once it is seen that they give the same."""
    found = read_bundles(documents, observed=SPANS)
    assert found == via_files(folder, documents)
    totals = found.report.totals
    assert totals.items_in == totals.used + totals.set_aside
    return found


def test_eva_is_the_same_person_from_memory_and_from_a_file(tmp_path: Path) -> None:
    found = same(tmp_path, [EVA])
    assert len(found.patients[0].facts) == 3
    assert [span.domain for span in found.patients[0].observed] == ["drug"]


def test_several_documents_of_one_call_know_of_each_other(tmp_path: Path) -> None:
    parts = [msgspec.json.encode(part) for part in (PHOSPHATE, patient(), bundle(request()))]
    found = same(tmp_path, parts)
    assert {fact.concept for fact in found.patients[0].facts} == {"lab.phosphate", "drug.warfarin"}


def test_the_invented_unit_is_the_same_from_memory_and_from_files(tmp_path: Path) -> None:
    write_unit(tmp_path / "unit")
    documents = [path.read_bytes() for path in sorted((tmp_path / "unit").glob("*.ndjson"))]
    found = same(tmp_path / "files", documents)
    assert len(found.patients) == 200
    assert found.is_invented
    assert found.report.totals.set_aside > 0


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")
def test_the_public_sample_is_the_same_from_memory_and_from_files(tmp_path: Path) -> None:
    documents = [path.read_bytes() for path in sorted(SAMPLE.glob("*.ndjson"))]
    assert len(same(tmp_path, documents).patients) == 13


@SOMETIMES
@given(LINES)
def test_whatever_the_lines_say_both_ways_agree(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    document = b"\n".join([*lines, b'{"resourceType":"Encounter"}'])
    same(tmp_path_factory.mktemp("lines"), [document])


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"  \n",
        b"null",
        b"17",
        b"{",
        EVA[:-40],
        b"\xff\xfe{\x00",
        b"<Bundle/>",
        b"\x1f\x8b\x08",
    ],
)
def test_a_broken_document_is_set_aside_and_eva_is_still_read(
    tmp_path: Path, broken: bytes
) -> None:
    found = same(tmp_path, [broken, EVA])
    assert len(found.patients[0].facts) == 3
    assert any(line.source == "document-1" and line.item == "document-1" for line in found.lines)


def test_a_document_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert len(same(tmp_path, [b"\xef\xbb\xbf" + EVA]).patients[0].facts) == 3


@pytest.mark.parametrize("documents", [[], [b""], [b" ", b"\n"]])
def test_nothing_at_all_is_refused(documents: list[bytes]) -> None:
    with pytest.raises(SourceUnreadable, match="nothing that can be read"):
        read_bundles(documents)


def test_a_span_never_names_a_file_of_the_server(tmp_path: Path) -> None:
    place = tmp_path / "observed.yaml"
    place.write_text("observed: {drug: 2024-01-01..2026-01-01}\n", "utf-8")
    with pytest.raises(DateInvalid):
        read_bundles([EVA], observed=[str(place)])


def test_what_was_read_before_changes_nothing(tmp_path: Path) -> None:
    before = read_bundles([EVA])
    read_bundles([msgspec.json.encode(bundle(patient("other"), result(9.0, "mmol/L")))])
    assert read_bundles([EVA]) == before
