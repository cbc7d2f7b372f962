"""What becomes of cards: counted by rule, without anything about a person."""

from __future__ import annotations

import json
import uuid

import msgspec
import pytest

from livedo.decisions.store import open_store
from livedo.surfaces.hooks.feedback import HeldOutcomes
from livedo.surfaces.hooks.joined import StoredOutcomes
from livedo.surfaces.hooks.requests import HookRefused
from livedo.surfaces.hooks.service import HookService
from livedo.surfaces.hooks.settings import HookSettings
from tests.contracts.schemas import assert_valid
from tests.hooks.calls import BASE, Noon, answer, call, dialysis, drafted, prefetch, service

RULE = "order/vitamin_k_antagonist"
WHEN = "2026-11-20T12:01:00Z"
COMMENT = "Mrs Zebrafink has a valve"


def shown(using, number: int = 0):
    """The card about one draft of warfarin, in a call of its own."""
    instance = str(uuid.UUID(int=number + 1))
    body = call("order-sign", prefetch(dialysis()), [drafted("Marevan")], instance=instance)
    (card,) = answer(body, using=using).cards
    return card


def item(card: str, **more):
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": WHEN, **more}


def told(using, *items, id="livedo-order-sign"):
    body = {"feedback": list(items)}
    assert_valid("feedback", body)
    return using.take_feedback(id, json.dumps(body).encode())


def counts_of(using, rule: str = RULE):
    return next(one for one in using.feedback_counts() if one.rule == rule)


def test_a_card_set_aside_with_a_reason_is_counted_for_its_rule():
    using = service()
    reason = {"reason": {"code": "mechanical_valve", "system": "urn:livedo:override-reason"}}
    assert told(using, item(shown(using).uuid, overrideReason=reason)) == 1
    counts = counts_of(using)
    assert (counts.shown, counts.overridden, counts.accepted) == (1, 1, 0)
    assert counts.reasons == {"mechanical_valve": 1}
    assert not counts.is_reported


def test_accepted_is_counted_too():
    using = service()
    accepted = {**item(shown(using).uuid), "outcome": "accepted"}
    told(using, {**accepted, "acceptedSuggestions": [{"id": "s-1"}]})
    assert counts_of(using).accepted == 1


def test_the_rule_is_found_after_the_service_was_started_anew():
    card = shown(service())
    again = service()
    told(again, item(card.uuid))
    assert counts_of(again).overridden == 1


def test_nothing_that_a_person_wrote_is_kept():
    outcomes = HeldOutcomes()
    using = HookService(HookSettings(base_url=BASE), Noon(), outcomes=outcomes)
    reason = {"reason": {"code": COMMENT}, "userComment": COMMENT}
    told(using, item(shown(using).uuid, overrideReason=reason))
    kept = msgspec.json.encode(list(outcomes.kept())).decode()
    assert "Zebrafink" not in kept
    assert "p-1" not in kept
    assert counts_of(using).reasons == {"other": 1}


def test_a_card_told_of_twice_counts_once():
    using = service()
    card = shown(using).uuid
    told(using, item(card))
    told(using, item(card), item(card, outcomeTimestamp="2026-11-20T12:09:00Z"))
    assert counts_of(using).overridden == 1


def test_a_card_shown_again_in_the_same_call_counts_once():
    using = service()
    shown(using)
    shown(using)
    assert counts_of(using).shown == 1


@pytest.mark.parametrize(("dismissed", "is_reported"), [(10, False), (11, True)])
def test_a_rule_dismissed_more_than_half_of_twenty_times_is_reported(dismissed, is_reported):
    using = service()
    cards = [shown(using, number).uuid for number in range(20)]
    told(using, *(item(card) for card in cards[:dismissed]))
    assert counts_of(using).is_reported is is_reported
    assert bool(using.feedback.reported()) is is_reported


def test_nineteen_showings_are_too_few_to_report():
    using = service()
    told(using, *(item(shown(using, number).uuid) for number in range(19)))
    assert not using.feedback.reported()


def test_a_card_of_another_service_or_of_nobody_is_counted_for_no_rule():
    using = service()
    told(using, item(shown(using).uuid), id="livedo-patient-view")
    told(using, item(str(uuid.uuid4())))
    assert counts_of(using, "").overridden == 2
    assert not counts_of(using, "").is_reported


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"{}", 422),
        (b'{"feedback": []}', 422),
        (json.dumps({"feedback": [item("Zebrafink")]}).encode(), 422),
        (json.dumps({"feedback": [item(str(uuid.uuid4()), outcome="ignored")]}).encode(), 422),
        (json.dumps({"feedback": [item(str(uuid.uuid4()), outcome="accepted")]}).encode(), 422),
        (
            json.dumps(
                {"feedback": [item(str(uuid.uuid4()), outcomeTimestamp="yesterday")]}
            ).encode(),
            422,
        ),
    ],
)
def test_what_is_no_feedback_is_refused_and_nothing_of_it_kept(body, status):
    using = service()
    with pytest.raises(HookRefused) as raised:
        using.take_feedback("livedo-order-sign", body)
    assert raised.value.status == status
    assert using.feedback_counts() == ()


def test_feedback_is_kept_in_the_store_and_counted_from_it(tmp_path):
    url = f"sqlite:///{tmp_path / 'decisions.sqlite'}"
    with open_store(url) as store:
        using = HookService(HookSettings(base_url=BASE), Noon(), outcomes=StoredOutcomes(store))
        card = shown(using).uuid
        shown(using)
        told(using, item(card))
        told(using, item(card))
    with open_store(url) as store:
        after = HookService(HookSettings(base_url=BASE), Noon(), outcomes=StoredOutcomes(store))
        counts = counts_of(after)
        assert (counts.shown, counts.overridden) == (1, 1)
        assert {entry.person_id for entry in store.of_kind("feedback")} == {None}


def test_the_name_of_a_card_is_a_uuid_of_its_rule_and_call_alone():
    using = service()
    card = shown(using)
    named = uuid.UUID(card.uuid)
    assert named.version == 8
    assert named.variant == uuid.RFC_4122
    assert using.names.rule_of("livedo-order-sign", card.uuid) == RULE
    assert shown(using, 1).uuid != card.uuid
