"""Draft orders: the only facts of status draft, and nothing of them goes missing."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livedo.act.order_files import load_orders
from livedo.instants import from_iso
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.bundle import read_bundles
from livedo.record.tables import DRAFT
from livedo.sources.fhir_drafts import Drafting, read_drafts

NOW = from_iso("2026-11-20T12:00:00Z")
FILES = load_orders()


def read(*resources, person: str = "p-1"):
    drafting = Drafting(
        person_id=person,
        at=NOW,
        zone=ZoneInfo("UTC"),
        over=FILES.over,
        most=FILES.most_drafts,
        contrast=FILES.contrast,
    )
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}
    return read_drafts(json.dumps(bundle).encode(), load_vocabulary(), drafting)


def request(**more):
    return {
        "resourceType": "MedicationRequest",
        "id": "d-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p-1"},
        "medicationCodeableConcept": {"text": "Marevan 2.5 mg"},
        **more,
    }


def test_a_draft_is_dated_to_the_moment_of_the_call_whatever_it_plans():
    planned = request(authoredOn="2020-01-01", dosageInstruction=[
        {"timing": {"repeat": {"boundsPeriod": {"start": "2027-01-01"}}}}])  # fmt: skip
    ((fact,),) = [draft.facts for draft in read(planned)]
    assert (fact.start_from, fact.start_at, fact.known_at, fact.end_at) == (NOW, NOW, NOW, None)
    assert fact.status == DRAFT
    assert fact.concept == "drug.warfarin"


def test_route_place_and_dose_of_a_draft_are_read():
    dosage = {
        "route": {"text": "subcutaneous"},
        "site": {"text": "left thigh"},
        "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": 10, "unit": "U", "code": "U"}}],
    }
    text = {"text": "Insulin glargine"}
    (draft,) = read(request(medicationCodeableConcept=text, dosageInstruction=[dosage]))
    (fact,) = draft.facts
    assert (fact.route, fact.body_site, fact.side) == ("subcutaneous", "thigh", "left")
    assert (fact.dose_per_day, fact.dose_unit) == (20, "U")


@pytest.mark.parametrize(
    "reference", ["Patient/p-1", "https://ehr.example/fhir/Patient/p-1", "Patient/p-1/_history/3"]
)
def test_the_person_may_be_named_in_every_form_of_a_reference(reference):
    (draft,) = read(request(subject={"reference": reference}))
    assert not draft.set_aside


@pytest.mark.parametrize("subject", [{}, {"reference": "Group/p-1"}, {"reference": "Patient/p-2"}])
def test_a_draft_about_nobody_or_somebody_else_is_set_aside(subject):
    (draft,) = read(request(subject=subject))
    assert (draft.set_aside, draft.facts) == ("other_patient", ())


def test_the_reader_of_a_record_makes_no_draft_facts():
    patient = {"resourceType": "Patient", "id": "p-1"}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": r} for r in (patient, request())]}
    found = read_bundles([json.dumps(bundle).encode()])
    assert found.patients[0].facts == ()
    assert found.report.reasons == {"only_planned": 1}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["coding", "text", "reference", "code", "system", "route", "site"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["id", "status", "subject", "medicationCodeableConcept", "code", "orderDetail",
                 "dosageInstruction", "doNotPerform", "contained", "medicationReference"]
            ),
            values,
            max_size=4,
        ),
        max_size=6,
    ),
    st.sampled_from(["MedicationRequest", "ServiceRequest", "NutritionOrder"]),
)  # fmt: skip
def test_every_draft_has_facts_or_a_reason(changes, kind):
    drafts = read(*({**request(), "resourceType": kind, **change} for change in changes))
    assert len(drafts) == len(changes)
    for draft in drafts:
        assert bool(draft.facts) != bool(draft.set_aside)
        assert {fact.status for fact in draft.facts} <= {DRAFT}
