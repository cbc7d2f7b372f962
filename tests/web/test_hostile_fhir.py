"""Hostile documents: each gets an answer or a refusal of ours, and none gets out of hand."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from livedo.act.explanation import explain
from livedo.errors import LivedoError
from livedo.record.bundle import read_bundles
from livedo.surfaces.fhir_out import assessment_bundle
from livedo.surfaces.judging import python_engine
from tests.intake.made import (
    OURS,
    bundle,
    coded,
    condition,
    finding,
    observation,
    patient,
    procedure,
    quantity,
    request,
    result,
)
from tests.surfaces.test_fhir_out import everything, validated
from tests.web.test_fhir_service import FHIR, send

OFTEN = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
EVA = [
    patient(),
    result(2.4, "mmol/L", id="phosphate"),
    finding("sign.ulcer", "ulcer", bodySite={"text": "left thigh"}),
    result(8, "{score}", coded("http://loinc.org", "72514-3"), id="pain"),
    condition(),
    request(dosageInstruction=[{"text": "one daily", "route": {"text": "oral"}}]),
    procedure(coded(OURS, "dialysis.haemodialysis"), id="dialysis"),
]
WHOLE = msgspec.json.encode(bundle(*EVA))
SCRIPT = "<script>alert('livedo')</script><img src=x onerror=alert(1)>"
NAMES = ("__proto__", "constructor", "toString", "hasOwnProperty", "__class__", "{0.__class__}")


def said(value: str) -> bytes:
    """A phosphate result whose value is written exactly so, beside a good one."""
    return WHOLE.replace(b'"value":2.4', b'"value":' + value.encode())


DOCUMENTS = {
    "10,000 levels": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "10,000 levels inside": WHOLE.replace(
        b'"gender"', b'"x":' + b"[" * 9999 + b"]" * 9999 + b',"gender"'
    ),
    "Bundles in Bundles": b'{"resourceType":"Bundle","entry":[{"resource":' * 5000
    + b"{}"
    + b"}]}" * 5000,
    "10,000 digits": said("9" * 10_000),
    "10,000 decimals": said("1." + "9" * 10_000),
    "an exponent without end": said("1e" + "9" * 10_000),
    "NaN": said("NaN"),
    "Infinity": said("-Infinity"),
    "a name given twice": WHOLE.replace(b'"id":"eva"', b'"id":"eva","id":"other"'),
    "10 MB of rubbish": bytes(range(256)) * 40_000,
    "8 MB of braces": b"{" * (8 << 20),
    "8 MB in one text": b'{"resourceType":"Patient","id":"' + b"a" * (8 << 20),
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Bundle>&e;</Bundle>',
    "UTF-16": WHOLE.decode().encode("utf-16"),
    "Latin-1": '{"resourceType":"Patient","id":"søren"}'.encode("latin-1"),
    "half a character": b'{"resourceType":"Patient","id":"\\ud800"}',
    "a zero": WHOLE + b"\x00",
    "nothing": b"",
    "null": b"null",
    "a number": b"17",
    "a list of lists": b"[[[[]]]]",
    "packed": b"\x1f\x8b\x08\x00" + b"\x00" * 1000,
    "a form": b"a=1&b=2",
    "lines": b"\n".join(msgspec.json.encode(one) for one in EVA),
    "names of prototypes": json.dumps(
        bundle(*[one | {name: {"x": 1} for name in NAMES} for one in EVA])
    ).encode(),
    "ids that are paths": msgspec.json.encode(
        bundle(*[one | {"id": "../../etc/passwd\x00"} for one in EVA])
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("accept", [FHIR, "application/json"])
def test_every_hostile_document_is_answered_or_refused(
    browser: TestClient, name: str, accept: str
) -> None:
    answer = send(browser, DOCUMENTS[name], "/api/assess?as_of=2026-11-01", accept=accept)
    assert answer.status_code in {200, 413, 422}, answer.text
    made = answer.json()
    if answer.status_code == 200 and accept == FHIR:
        validated(made)
    if answer.status_code != 200:
        assert "error" in made or made["resourceType"] == "OperationOutcome"
        assert "root:" not in answer.text


# -- wrong types everywhere -------------------------------------------------------------

WRONG: list[Any] = [
    None,
    True,
    -1,
    1.5,
    "",
    "x",
    [],
    {},
    [[]],
    [None],
    {"a": []},
    "\x00",
    "9" * 400,
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of a document."""
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(place for name, part in inside for place in places(part, (*path, name)))]


PLACES = [place for place in places(bundle(*EVA)) if place]


def changed(place: tuple[Any, ...], wrong: Any) -> bytes:
    """Eva's document with something else in one place."""
    made = json.loads(WHOLE)
    parent = made
    for name in place[:-1]:
        parent = parent[name]
    parent[place[-1]] = wrong
    return json.dumps(made).encode()


def judged(document: bytes) -> dict[str, Any] | None:
    """What comes of a document: the assessment of its one person, or a refusal of ours."""
    try:
        read = read_bundles([document])
    except LivedoError:
        return None
    totals = read.report.totals
    assert totals.items_in == totals.used + totals.set_aside
    if len(read.patients) != 1 or read.newest_known_at is None:
        return None
    person, moment = read.patients[0], read.newest_known_at
    told = explain(person, python_engine_once(), moment)
    return assessment_bundle(told, person, moment, read=read)


def python_engine_once() -> Any:
    if not _engines:
        _engines.append(python_engine())
    return _engines[0]


_engines: list[Any] = []


@OFTEN
@given(st.sampled_from(PLACES), st.sampled_from(WRONG))
def test_a_wrong_type_in_any_place_is_set_aside(place: tuple[Any, ...], wrong: Any) -> None:
    made = judged(changed(place, wrong))
    if made is not None:
        validated(made)


@OFTEN
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PLACES),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
                max_leaves=6,
            ),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_several_parts_replaced_by_anything(parts: list[tuple[tuple[Any, ...], Any]]) -> None:
    made = json.loads(WHOLE)
    for place, value in parts:
        parent = made
        try:
            for name in place[:-1]:
                parent = parent[name]
            parent[place[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    found = judged(json.dumps(made).encode())
    if found is not None:
        validated(found)


@OFTEN
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_bytes_damaged_anywhere(seed: int, count: int) -> None:
    chance, made = random.Random(seed), bytearray(WHOLE)
    for _ in range(count):
        place = chance.randrange(len(made))
        made[place : place + chance.choice((0, 1, 30))] = chance.choice(
            [
                b"",
                b'"',
                b"{",
                b"}",
                b"]",
                b"\xff",
                b"1e400",
                b"\\u0000",
                b"null",
                b":",
                b"\xed\xa0\x80",
            ]
        )
    found = judged(bytes(made))
    if found is not None:
        validated(found)


# -- markup -----------------------------------------------------------------------------


def with_script(value: Any) -> Any:
    """Every text of a document that is not a code, an id, a date or a reference, made hostile."""
    kept = {
        "resourceType",
        "id",
        "system",
        "code",
        "reference",
        "status",
        "intent",
        "gender",
        "unit",
    }
    if isinstance(value, dict):
        return {
            name: part
            if name in kept or "Date" in name or name in ("issued", "authoredOn")
            else with_script(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [with_script(part) for part in value]
    return f"{value} {SCRIPT}" if isinstance(value, str) else value


def test_markup_in_every_text_field_is_inert_in_json_and_in_fhir(browser: TestClient) -> None:
    noted = {
        "note": [{"text": "x"}],
        "name": [{"family": "x"}],
        "text": {"div": "x"},
        "display": "x",
    }
    quantity_said = observation(valueString="x", id="said")
    parts = [with_script(one | noted) for one in [*EVA, quantity_said]]
    body = msgspec.json.encode(bundle(*parts))
    for accept in (FHIR, "application/json"):
        answer = send(browser, body, accept=accept)
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"].startswith("application/")
        for key, value in everything(answer.json()):
            if accept == FHIR and isinstance(value, str) and key in ("div", "text"):
                assert "<script" not in value
                assert "<img" not in value


def test_markup_in_an_id_or_a_unit_is_inert(browser: TestClient) -> None:
    odd = [
        patient(),
        result(2.4, "mmol/L", id=SCRIPT),
        result(2.4, SCRIPT, id="unit"),
        observation(
            {"coding": [{"system": SCRIPT, "code": SCRIPT, "display": SCRIPT}], "text": SCRIPT},
            SCRIPT + "2",
            valueQuantity=quantity(1, "g"),
        ),
    ]
    answer = send(browser, msgspec.json.encode(bundle(*odd)), accept=FHIR)
    validated(answer.json())
    for key, value in everything(answer.json()):
        if key == "div":
            assert "<script" not in value
