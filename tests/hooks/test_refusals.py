"""Calls that cannot be answered: refused with a status and a reason, never with a value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livedo.surfaces.hooks.requests import HookRefused
from tests.hooks.calls import (
    answer,
    bundle,
    call,
    dialysis,
    drafted,
    finding,
    patient,
    prefetch,
    service,
    shared,
    signing,
)

CANARY = "Zebrafink-4711"
GOOD = call("order-sign", prefetch(dialysis()), [drafted("Marevan")])
DEEP = b'{"unread":' + b"[" * 200_000


def refused(body, id="livedo-order-sign", using=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(HookRefused) as raised:
        (using or shared()).call(id, content)
    return raised.value.status, raised.value.why


def changed(**parts):
    return {**GOOD, **parts}


def in_context(**parts):
    return changed(context={**GOOD["context"], **parts})


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"", 400, "not_json"),
        (b"\xff\xfe{}", 400, "not_json"),
        (b"{'hook': 1}", 400, "not_json"),
        (DEEP, 400, "not_json"),
        (b"[]", 422, "not_a_call"),
        (b'"text"', 422, "not_a_call"),
        ({}, 422, "not_a_call"),
        (changed(hook=None), 422, "not_a_call"),
        (changed(hook="patient-view"), 422, "other_hook"),
        (changed(hookInstance=""), 422, "not_a_call"),
        (changed(hookInstance="x" * 500), 422, "not_a_call"),
        (changed(context={}), 422, "not_a_call"),
        (changed(context=[]), 422, "not_a_call"),
        (changed(prefetch=[]), 422, "not_a_call"),
        (in_context(patientId=7), 422, "not_a_call"),
        (in_context(patientId=""), 422, "no_patient"),
        (in_context(patientId="../../etc/passwd"), 422, "no_patient"),
        (in_context(patientId=f"{CANARY} <b>"), 422, "no_patient"),
        (in_context(draftOrders=[]), 422, "no_drafts"),
        (in_context(draftOrders="x"), 422, "no_drafts"),
        (in_context(draftOrders=None), 422, "no_drafts"),
        (changed(context={"patientId": "p-1", "userId": "Practitioner/x"}), 422, "no_drafts"),
    ],
)
def test_what_is_no_call_is_refused_and_never_repeated(body, status, why):
    assert refused(body) == (status, why)


def test_a_call_of_order_select_needs_its_selections():
    body = {**GOOD, "hook": "order-select"}
    assert refused(body, "livedo-order-select") == (422, "no_selections")


def test_an_unknown_service_is_not_there():
    assert refused(GOOD, "livedo-other") == (404, "no_service")


def test_a_body_too_large_is_refused_before_it_is_read():
    assert refused(GOOD, using=service(most_bytes=100)) == (413, "too_large")


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        prefetch(dialysis(), patient=None),
        prefetch(dialysis(), patient=...),
        prefetch(dialysis(), patient={"resourceType": "OperationOutcome", "issue": []}),
        prefetch(dialysis(), patient=bundle([])),
        {"patient": patient()},
        prefetch(conditions=..., procedures=...),
        prefetch(conditions=..., procedures={"resourceType": "OperationOutcome", "issue": []}),
    ],
)
def test_too_little_sent_along_is_412_for_nothing_is_fetched(sent):
    body = call("order-sign", sent, [drafted("Marevan")])
    assert refused(body)[0] == 412


def test_no_diagnoses_and_no_procedures_in_words_are_an_answer():
    sent = prefetch(conditions=None, procedures=...)
    assert answer(call("order-sign", sent, [drafted("Marevan")])).cards == ()


def test_a_patient_of_another_id_is_not_taken_for_the_one_meant():
    sent = prefetch(dialysis(), patient=patient("p-2"))
    assert refused(call("order-sign", sent, [drafted("Marevan")])) == (412, "other_patient")


def test_drafts_that_no_rule_is_about_need_nothing_sent_along():
    assert answer(call("order-sign", None, [drafted("Paracetamol")])).cards == ()


def test_every_refusal_has_words_in_both_languages():
    for lang in ("en", "da"):
        wording = shared().knowledge.wording(lang)
        for why in ("not_json", "not_a_call", "other_hook", "no_patient", "no_drafts",
                    "no_selections", "no_service", "no_feedback", "too_large", "too_busy",
                    "too_little", "other_patient"):  # fmt: skip
            assert wording.text(f"hooks.refused.{why}")


HOSTILE = [
    {"valueQuantity": {"value": "1e999", "unit": CANARY}},
    {"valueQuantity": {"value": 1e308, "unit": "mg/dL", "code": "mg/dL"}},
    {"effectiveDateTime": f"{CANARY}"},
    {"effectiveDateTime": "9999-12-31"},
    {"code": {"text": f"<script>alert('{CANARY}')</script>"}},
    {"code": None},
    {"bodySite": {"text": f"[{CANARY}](javascript:alert(1))"}},
    {"status": {"deep": [[[[[[]]]]]]}},
    {"subject": {"reference": f"Group/{CANARY}"}},
    {"subject": CANARY},
    {"component": {"not": "a list"}},
    {"id": CANARY * 50},
]


@pytest.mark.parametrize("more", HOSTILE)
def test_hostile_resources_are_set_aside_and_the_rest_still_speaks(more, caplog):
    broken = {**finding("sign.ulcer", site="left thigh"), **more}
    answered = signing([drafted("Marevan")], dialysis(), broken)
    assert len(answered.cards) == 1
    assert CANARY not in answered.body().decode()
    assert CANARY not in caplog.text
    assert answered.items_in == answered.items_used + sum(
        count for reason, count in answered.set_aside.items() if reason != "other_patient"
    )


def test_a_resource_nested_without_end_refuses_the_call():
    ulcer = {**finding("sign.ulcer"), "extension": "DEEP"}
    body = json.dumps(call("order-sign", prefetch(dialysis(), ulcer), [drafted("Marevan")]))
    deep = body.replace('"DEEP"', "[" * 5000 + "]" * 5000)
    assert refused(deep.encode()) == (400, "not_json")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["resourceType", "entry", "resource", "id", "subject", "code", "type"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(json_values, st.sampled_from(["context", "prefetch", "draftOrders", "conditions", "entry"]))
def test_whatever_is_sent_is_answered_or_refused_by_a_reason_of_ours(value, place):
    body = json.loads(json.dumps(GOOD))
    if place == "draftOrders":
        body["context"]["draftOrders"] = value
    elif place == "conditions":
        body["prefetch"]["conditions"] = value
    elif place == "entry":
        body["context"]["draftOrders"]["entry"][0]["resource"] = value
    else:
        body[place] = value
    assert status_of(body) in (200, 400, 412, 422)


def status_of(body):
    try:
        shared().call("livedo-order-sign", json.dumps(body).encode())
    except HookRefused as refusal:
        return refusal.status
    return 200
