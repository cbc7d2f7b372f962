"""What is said when a person is opened: one card at most, and only where something is due."""

from __future__ import annotations

from livedo.record.tables import PatientRecord
from livedo.surfaces.hooks.service import HookService
from livedo.surfaces.hooks.settings import HookSettings
from tests.hooks.calls import (
    BASE,
    IDS,
    Noon,
    answer,
    calcium,
    call,
    condition,
    dialysis,
    drafted,
    egfr,
    finding,
    prefetch,
    viewing,
)

PALPATED = {
    "resourceType": "Procedure",
    "id": "round",
    "status": "completed",
    "code": {"coding": [{"system": "urn:livedo:concept", "code": "procedure.skin_palpation"}]},
    "performedDateTime": "2026-11-18T11:00:00Z",
    "subject": {"reference": "Patient/p-1"},
}


def test_a_nodule_felt_on_dialysis_gives_one_card_with_its_dated_reasons():
    nodule = finding("sign.subcutaneous_nodule", site="left thigh")
    (card,) = viewing(dialysis(), nodule).cards
    assert card.indicator == "warning"
    assert card.summary.startswith("Possible early disease: Nodule felt left thigh 18 Nov")
    assert "**Why**" in card.detail
    assert "**Not known**" in card.detail
    assert "As of 20 Nov 2026 12:00, from the data sent with this call." in card.detail
    assert card.source.label == "Livedo, calciphylaxis"
    assert card.source.url == BASE
    assert card.source.topic.code == "possible_early_disease"
    assert not card.links


def test_nothing_due_is_no_card():
    result = viewing(egfr(95), calcium(9.2), finding("sign.lesion", is_there=False), PALPATED)
    assert result.cards == ()


def test_somebody_who_has_nothing_to_do_with_the_programme_gets_no_card():
    assert not viewing(condition("condition.diabetes"), egfr(80)).cards


def test_an_overdue_round_is_information_only():
    (card,) = viewing(dialysis(), calcium(9.2), drafted("Sevelamer")).cards
    assert card.indicator == "info"


def test_the_card_is_in_the_language_asked_for():
    nodule = finding("sign.subcutaneous_nodule", site="left thigh")
    (card,) = viewing(dialysis(), nodule, lang="da").cards
    assert card.summary.startswith("Mulig tidlig sygdom: Følt knude")
    assert "**Hvorfor**" in card.detail
    assert card.override_reasons[0].display == "Set og håndteret"


def linked(is_same_source: bool) -> HookService:
    settings = HookSettings(base_url=BASE, is_same_source=is_same_source)
    return HookService(
        settings, Noon(), page_of=lambda person_id: f"{BASE}/patients/7f0c", entered=with_nodule
    )


def with_nodule(record: PatientRecord) -> PatientRecord:
    """As if a nurse had entered a nodule a moment ago."""
    import msgspec

    from livedo.instants import from_iso
    from livedo.record.tables import Fact

    at = from_iso("2026-11-20T11:59:00Z")
    fact = Fact(
        fact_id=77,
        person_id=record.person.person_id,
        concept="sign.subcutaneous_nodule",
        start_from=at,
        start_at=at,
        end_from=at,
        end_at=at,
        known_at=at,
        body_site="abdomen",
        source="livedo:decisions",
    )
    return msgspec.structs.replace(record, facts=(*record.facts, fact))


def test_what_was_entered_here_counts_and_the_card_links_to_the_page():
    body = call("patient-view", prefetch(dialysis()))
    (card,) = answer(body, using=linked(True)).cards
    assert "Nodule felt abdomen 20 Nov" in card.summary
    assert [link.url for link in card.links] == [f"{BASE}/patients/7f0c"]


def test_a_patient_of_another_system_is_nobody_of_ours_though_the_ids_agree():
    body = call("patient-view", prefetch(dialysis()))
    (card,) = answer(body, using=linked(False)).cards
    assert "Nodule" not in card.summary
    assert not card.links


def test_every_service_that_is_offered_answers():
    assert set(IDS.values()) == {one.id for one in linked(True).files.services}
