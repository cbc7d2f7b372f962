"""Resources as a careless world would write them, for Hypothesis."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.intake.made import ATC, LOINC, OURS, SNOMED, coded, term

PEOPLE = ("eva", "ida", "ghost")
IDS = st.sampled_from(["a", "b", "c", None])
DATES = st.sampled_from(
    [
        None,
        "2024",
        "2024-05",
        "2024-05-06",
        "2024-05-06T07:30:00Z",
        "2026-01-01T00:00:00+01:00",
        "9999-12-31",
        "1066-10-14",
        "soon",
        "",
    ]
)
SUBJECTS = st.sampled_from(
    [
        None,
        {"reference": "Patient/eva"},
        {"reference": "Patient/ida"},
        {"reference": "Patient/ghost"},
        {"reference": "Patient?identifier=urn:unit|eva"},
        {"reference": "urn:uuid:eva"},
        {"reference": "Group/g"},
        {"identifier": {"system": "urn:unit", "value": "ida"}},
        {},
        7,
    ]
)
META = st.sampled_from(
    [
        None,
        {"versionId": "1"},
        {"versionId": "2"},
        {"lastUpdated": "2026-01-01T00:00:00Z"},
        {"x": 1},
    ]
)
CODES = st.sampled_from(
    [
        coded(LOINC, "2777-1"),
        coded(LOINC, "17861-6"),
        coded(LOINC, "0-0"),
        coded(OURS, "sign.ulcer"),
        coded(OURS, "lab.ana"),
        coded(SNOMED, "44054006"),
        coded(ATC, "B01AA03"),
        {"text": "Warfarin"},
        {"text": "-"},
        {},
        None,
        3,
    ]
)
UNITS = st.sampled_from(["mg/dL", "mmol/L", "furlong", "", None])
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0, -1, 1.8, 5.5, 9.2, None])
)
VALUES = st.one_of(
    st.builds(
        lambda value, unit, sign: {
            "valueQuantity": {"value": value, "unit": unit, "comparator": sign}
        },
        NUMBERS,
        UNITS,
        st.sampled_from([None, "<", ">=", "?"]),
    ),
    st.sampled_from(
        [
            {},
            {"valueString": "negative"},
            {"valueString": ">2500 mg/dL"},
            {"valueString": ""},
            {"valueBoolean": True},
            {"valueInteger": 3},
            {"valueCodeableConcept": coded(SNOMED, "260385009")},
            {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 320}}},
            {"valueQuantity": {"value": "five"}},
            {"valueQuantity": None},
            {"valueRange": {"low": {"value": 1, "unit": "mmol/L"}}},
        ]
    ),
)
STATUSES = st.sampled_from(
    ["final", "active", "completed", "stopped", "entered-in-error", "draft", None]
)


def _resource(kind: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    always = {"id": IDS, "meta": META, "subject": SUBJECTS, "status": STATUSES}
    made = st.fixed_dictionaries(always | parts)
    return made.map(
        lambda r: {"resourceType": kind} | {k: v for k, v in r.items() if v is not None}
    )


def _with_value(resource: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    return resource | value


OBSERVATIONS = st.builds(
    _with_value,
    _resource(
        "Observation",
        code=CODES,
        effectiveDateTime=DATES,
        issued=DATES,
        bodySite=st.sampled_from([None, {"text": "left thigh"}, {"text": "nowhere"}]),
        component=st.one_of(
            st.none(),
            st.lists(st.builds(_with_value, st.builds(dict, code=CODES), VALUES), max_size=3),
        ),
    ),
    VALUES,
)
CONDITIONS = _resource(
    "Condition",
    code=CODES,
    onsetDateTime=DATES,
    abatementDateTime=DATES,
    recordedDate=DATES,
    verificationStatus=st.sampled_from(
        [
            None,
            term("condition-ver-status", "refuted"),
            term("condition-ver-status", "entered-in-error"),
        ]
    ),
    bodySite=st.sampled_from([None, [], [{"text": "leg"}, {"text": "arm"}], "leg"]),
)
REQUESTS = _resource(
    "MedicationRequest",
    medicationCodeableConcept=CODES,
    medicationReference=st.sampled_from(
        [None, {"reference": "Medication/a"}, {"reference": "#x"}, {"display": "Warfarin"}]
    ),
    intent=st.sampled_from(["order", "plan", None]),
    authoredOn=DATES,
)
STATEMENTS = _resource(
    "MedicationStatement", medicationCodeableConcept=CODES, effectiveDateTime=DATES
)
ADMINISTRATIONS = _resource(
    "MedicationAdministration", medicationCodeableConcept=CODES, effectiveDateTime=DATES
)
MEDICATIONS = _resource("Medication", code=CODES)
PROCEDURES = _resource("Procedure", code=CODES, performedDateTime=DATES)
REPORTS = _resource(
    "DiagnosticReport",
    code=CODES,
    effectiveDateTime=DATES,
    conclusion=st.sampled_from([None, "Words."]),
    contained=st.lists(OBSERVATIONS, max_size=2),
)
STUDIES = _resource("ImagingStudy", started=DATES, procedureCode=st.lists(CODES, max_size=2))
OTHERS = st.sampled_from([{"resourceType": "Encounter"}, {"resourceType": 5}, {}, {"id": "x"}])
PATIENTS = st.builds(
    lambda name, sex, born: {
        "resourceType": "Patient",
        "id": name,
        "gender": sex,
        "birthDate": born,
        "identifier": [{"system": "urn:unit", "value": name}],
    },
    st.sampled_from(PEOPLE[:2]),
    st.sampled_from(["female", "unheard-of"]),
    st.sampled_from(["1960-01-01", "soon"]),
)

RESOURCES = st.one_of(
    PATIENTS,
    OBSERVATIONS,
    CONDITIONS,
    REQUESTS,
    STATEMENTS,
    ADMINISTRATIONS,
    MEDICATIONS,
    PROCEDURES,
    REPORTS,
    STUDIES,
    OTHERS,
)
BUNDLES = st.lists(RESOURCES, max_size=4).map(
    lambda found: {
        "resourceType": "Bundle",
        "entry": [{"fullUrl": f"urn:uuid:{r.get('id')}", "resource": r} for r in found] + [{}],
    }
)
BROKEN = st.sampled_from(
    [
        b'{"resourceType":"Observation","id":"cut',
        b"not json",
        b"[1,2,3]",
        b"null",
        b'{"resourceType":"Observation","valueQuantity":{"value":1e999}}',
        b'{"resourceType":"Observation","valueQuantity":{"value":NaN}}',
        b'{"resourceType":"Patient","id":"\xff\xfe"}',
        b'{"resourceType":"Condition","x":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ]
)
LINES = st.lists(
    st.one_of(st.one_of(RESOURCES, BUNDLES).map(msgspec.json.encode), BROKEN), max_size=14
)
