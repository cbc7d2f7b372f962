"""Input that is broken, hostile or absurd: the rest is kept and the reason is said."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import msgspec
import pytest

from livedo.errors import LivedoError, SourceUnreadable
from livedo.record.build import InMemory, read, read_in_memory
from livedo.record.tables import SetAside
from tests.intake.made import (
    bundle,
    condition,
    patient,
    quantity,
    request,
    result,
    write_lines,
)

GOOD = result(1.8, "mmol/L", id="good")


def raw(value: str) -> bytes:
    """A phosphate result whose value is written exactly so."""
    text = msgspec.json.encode(result(1, "mmol/L", id="bad")).decode()
    return text.replace('"value":1,', f'"value":{value},').encode()


def read_with(folder: Path, *lines: dict[str, object] | bytes) -> InMemory:
    """Eva, a good result of hers, and these lines."""
    return read_in_memory(write_lines(folder / "made.ndjson", patient(), *lines, GOOD))


def only_line(found: InMemory) -> SetAside:
    """What was set aside; the good result must be there beside it."""
    assert [fact.source_id for fact in found.patients[0].facts] == ["Observation/good"]
    (line,) = found.lines
    return line


def test_a_broken_line_is_named_by_file_and_line(tmp_path: Path) -> None:
    line = only_line(read_with(tmp_path, b'{"resourceType":"Observation","id":"cut'))
    assert (line.source, line.path, line.reason) == ("made.ndjson", "line 2", "broken_json")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_that_is_none_is_impossible(tmp_path: Path, value: str) -> None:
    assert only_line(read_with(tmp_path, raw(value))).reason == "impossible_value"


@pytest.mark.parametrize("value", ["0", "-3", "1e308", "1e-300"])
def test_a_number_no_living_person_has_is_impossible(tmp_path: Path, value: str) -> None:
    assert only_line(read_with(tmp_path, raw(value))).reason == "impossible_value"


def test_calcium_of_9_2_mmol_per_l_does_not_pass_as_mg_per_dl(tmp_path: Path) -> None:
    calcium = {"coding": [{"system": "http://loinc.org", "code": "17861-6"}]}
    assert (
        only_line(read_with(tmp_path, result(9.2, "mmol/L", calcium))).reason == "impossible_value"
    )


@pytest.mark.parametrize(
    ("line", "reason", "path"),
    [
        (raw('"five"'), "wrong_shape", "line 2, $.value"),
        (b'{"resourceType":"Observation","id":7}', "wrong_shape", "line 2, $.id"),
        (b'{"resourceType":7}', "no_resource_type", "line 2, $.resourceType"),
        (b"{}", "no_resource_type", "line 2"),
        (b'"text"', "no_resource_type", "line 2"),
        (b'{"resourceType":"Banana","id":"x"}', "resource_not_used", ""),
        (b'{"resourceType":"Observation","id":"\xff\xfe"}', "not_utf8", "line 2"),
    ],
)
def test_a_resource_of_the_wrong_shape_says_where(
    tmp_path: Path, line: bytes, reason: str, path: str
) -> None:
    found = only_line(read_with(tmp_path, line))
    assert (found.reason, found.path) == (reason, path)


def test_deep_nesting_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    deep = b'{"resourceType":"Observation","x":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    assert only_line(read_with(tmp_path, deep)).reason == "too_deep"


def test_a_document_nested_deeply_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_bytes(b'{"resourceType":"Bundle","x":' + b"[" * 200_000)
    write_lines(tmp_path / "good.ndjson", patient(), GOOD)
    line = only_line(read_in_memory(tmp_path))
    assert line.reason == "too_deep"


def test_a_bundle_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    whole = msgspec.json.encode(bundle(patient(), GOOD, result(2, "mmol/L", id="lost")))
    (tmp_path / "cut.json").write_bytes(whole[: whole.index(b'"id":"lost"')])
    line = only_line(read_in_memory(tmp_path / "cut.json"))
    assert (line.source, line.reason, line.path) == ("cut.json", "broken_json", "after entry 1")


def test_a_large_bundle_broken_in_the_middle_gives_what_came_before(tmp_path: Path) -> None:
    many = [result(1.8, "mmol/L", id=f"o{n}") for n in range(9000)]
    whole = msgspec.json.encode(bundle(patient(), *many))
    middle = whole.index(b'"id":"o8000"')
    (tmp_path / "cut.json").write_bytes(whole[:middle] + b"\x00\x00" + whole[middle:])
    found = read_in_memory(tmp_path / "cut.json")
    assert len(found.patients[0].facts) == 8000
    assert found.report.reasons == {"broken_json": 1}


def test_one_odd_entry_does_not_cost_the_others(tmp_path: Path) -> None:
    made = bundle(patient(), GOOD)
    made["entry"].insert(1, {"fullUrl": 7, "resource": condition()})
    line = only_line(read_in_memory(write_lines(tmp_path / "b.ndjson", made)))
    assert (line.reason, line.path) == ("wrong_shape", "line 1, entry 1, $.fullUrl")


def test_in_a_broken_bundle_addresses_still_name_people(tmp_path: Path) -> None:
    of_her = result(1.8, "mmol/L", id="good", subject={"reference": "urn:uuid:eva"})
    whole = msgspec.json.encode(bundle(patient(), of_her))
    (tmp_path / "cut.json").write_bytes(whole[:-2])
    assert only_line(read_in_memory(tmp_path / "cut.json")).reason == "broken_json"


def test_a_pretty_printed_bundle_and_one_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    pretty = msgspec.json.format(msgspec.json.encode(bundle(patient(), GOOD)), indent=2)
    (tmp_path / "pretty.json").write_bytes(b"\xef\xbb\xbf" + pretty)
    assert len(read_in_memory(tmp_path / "pretty.json").patients[0].facts) == 1


def test_lines_in_a_file_that_is_named_json_are_still_lines(tmp_path: Path) -> None:
    found = read_in_memory(write_lines(tmp_path / "lines.json", patient(), GOOD))
    assert len(found.patients[0].facts) == 1


def test_a_list_of_resources_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_bytes(msgspec.json.encode([patient(), GOOD]))
    assert len(read_in_memory(tmp_path / "list.json").patients[0].facts) == 1


def test_a_bundle_on_each_line_and_packed_files_are_read(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "x", bundle(patient(), GOOD), bundle(patient("ida")))
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(lines.read_bytes()))
    (tmp_path / "b.json.gz").write_bytes(
        gzip.compress(msgspec.json.encode(bundle(condition(id="c9"))))
    )
    lines.unlink()
    found = read_in_memory(tmp_path)
    assert [len(p.facts) for p in found.patients] == [2, 0]


def test_a_packed_file_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    lines = [patient(), GOOD, *[result(1.9, "mmol/L", id=f"o{n}") for n in range(5000)]]
    packed = gzip.compress(write_lines(tmp_path / "x", *lines).read_bytes())
    (tmp_path / "cut.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    found = read_in_memory(tmp_path / "cut.ndjson.gz")
    assert 1 < len(found.patients[0].facts) < 5000
    assert found.report.reasons["unreadable_file"] == 1


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "utf16.json").write_bytes('{"resourceType":"Patient"}'.encode("utf-16"))
    write_lines(tmp_path / "good.ndjson", patient(), GOOD)
    line = only_line(read_in_memory(tmp_path))
    assert (line.item, line.reason) == ("utf16.json", "not_utf8")


def test_an_empty_file_beside_others_is_counted(tmp_path: Path) -> None:
    (tmp_path / "empty.ndjson").write_bytes(b"\n \n")
    (tmp_path / "nothing.json").write_bytes(b"")
    write_lines(tmp_path / "good.ndjson", patient(), GOOD)
    found = read_in_memory(tmp_path)
    assert found.report.reasons == {"empty_file": 2}


def test_a_file_of_another_kind_is_counted_and_papers_for_people_are_not(tmp_path: Path) -> None:
    (tmp_path / "scan.dcm").write_bytes(b"x")
    (tmp_path / "README.md").write_text("Hello")
    (tmp_path / ".hidden").write_text("Hello")
    write_lines(tmp_path / "sub" / "good.ndjson", patient(), GOOD)
    line = only_line(read_in_memory(tmp_path))
    assert (line.item, line.reason) == ("scan.dcm", "file_not_read")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads every file")
def test_a_file_nobody_may_open_is_counted(tmp_path: Path) -> None:
    locked = write_lines(tmp_path / "locked.ndjson", condition())
    locked.chmod(0)
    write_lines(tmp_path / "good.ndjson", patient(), GOOD)
    assert only_line(read_in_memory(tmp_path)).reason == "unreadable_file"


def test_a_file_that_cannot_be_opened_is_counted(tmp_path: Path) -> None:
    (tmp_path / "gone.ndjson").symlink_to(tmp_path / "nowhere")
    write_lines(tmp_path / "good.ndjson", patient(), GOOD)
    assert only_line(read_in_memory(tmp_path)).reason == "unreadable_file"


def test_a_folder_without_anything_to_read_says_what_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        read(tmp_path, tmp_path / "record")
    assert ".ndjson" in str(refused.value)


def test_one_patient_with_100000_results_is_read(tmp_path: Path) -> None:
    many = [result(1.8, "mmol/L", id=f"o{n}") for n in range(2000)]
    entry = b",".join(b'{"resource":' + msgspec.json.encode(r) + b"}" for r in many)
    blocks = [entry.replace(b'"id":"o', f'"id":"b{n}-'.encode()) for n in range(50)]
    start = (
        b'{"resourceType":"Bundle","entry":[{"resource":' + msgspec.json.encode(patient()) + b"},"
    )
    (tmp_path / "big.json").write_bytes(start + b",".join(blocks) + b"]}")
    report = read(tmp_path / "big.json", tmp_path / "record")
    assert report.facts == 100_000


def test_an_order_that_cannot_be_read_takes_away_what_silence_would_mean(tmp_path: Path) -> None:
    broken = msgspec.json.encode(request()).replace(b'"status":"active"', b'"status":')
    found = read_in_memory(
        write_lines(tmp_path / "made.ndjson", patient(), patient("ida"), broken),
        observed=["drug=2024-01-01..2026-01-01"],
    )
    assert [len(p.observed) for p in found.patients] == [0, 1]


CANARIES = ("canary-4711", "Canary Jane", "8125.5", "1931-07-23", "canary@example")


def hostile() -> list[bytes]:
    """Everything personal in every place where reading can fail."""
    name, text, number, born, _ = CANARIES
    lines = [
        patient(name, birthDate=born + "x", name=[{"text": text}]),
        patient(name, gender=7),
        result(float(number), text, id=name),
        result(float(number), "mmol/L", id=name, subject={"reference": f"Patient/{name}"}),
        result(1, "mmol/L", id=name, effectiveDateTime=text),
        condition(id=name, code={"text": text}),
        request({"text": ""}, id=name),
    ]
    encoded = [msgspec.json.encode(line) for line in lines]
    return [
        *encoded,
        *(line[:-9] for line in encoded),
        b'{"resourceType":"' + text.encode() + b'"}',
    ]


def test_no_error_repeats_what_a_file_says_about_a_person(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    raised: list[str] = []
    for line in hostile():
        for into in (tmp_path / "record", tmp_path / "file"):
            (tmp_path / "file").write_text("in the way")
            try:
                report = read(write_lines(tmp_path / "made.ndjson", line), into)
                raised.append(repr(report))
            except LivedoError as error:
                raised.append(str(error))
    out, err = capfd.readouterr()
    said = "\n".join([*raised, out, err])
    assert not [canary for canary in CANARIES if canary in said]


def test_no_path_in_the_ledger_holds_a_value(tmp_path: Path) -> None:
    found = read_in_memory(write_lines(tmp_path / "made.ndjson", patient(), *hostile()))
    paths = "\n".join(line.path for line in found.lines)
    assert not [canary for canary in CANARIES if canary in paths]


def test_reading_needs_no_deep_stack_of_its_own(tmp_path: Path) -> None:
    before = sys.getrecursionlimit()
    read_with(tmp_path, b'{"resourceType":"Observation","x":' + b"[" * 900 + b"]" * 900 + b"}")
    assert sys.getrecursionlimit() == before


def test_a_text_far_longer_than_a_name_does_no_harm(tmp_path: Path) -> None:
    long = "x" * 1_000_000
    found = read_with(tmp_path, result(1.8, long), condition(code={"text": long}))
    assert found.report.reasons == {"unknown_code": 1, "unknown_unit": 1}


def test_a_value_in_an_unknown_unit_is_not_converted(tmp_path: Path) -> None:
    odd = {**GOOD, "id": "odd", "valueQuantity": quantity(1.8, "ugl/ml")}
    assert only_line(read_with(tmp_path, odd)).reason == "unknown_unit"
