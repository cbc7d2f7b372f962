"""A rule that fails gives a card that says so, and the rest still speak."""

from __future__ import annotations

import pytest

from livedo.surfaces.hooks.service import HookService
from livedo.surfaces.hooks.settings import HookSettings
from tests.hooks.calls import (
    BASE,
    Noon,
    answer,
    calcium,
    call,
    dialysis,
    drafted,
    egfr,
    finding,
    prefetch,
)

DRAFTS = [drafted("Marevan", "d-1"), drafted("Calcium carbonate", "d-2")]
SECRET = "2.44 mmol/L"


def with_failing(*rules: str) -> HookService:
    """A service in which these rules raise, with a value in the error."""
    using = HookService(HookSettings(base_url=BASE), Noon())

    def fails(timeline, group):
        raise ValueError(SECRET)

    for rule in rules:
        using.engine._evaluators[rule] = fails
    return using


def test_the_family_of_a_failing_rule_says_so_and_the_others_speak(caplog):
    using = with_failing("order/vitamin_k_antagonist")
    body = call("order-sign", prefetch(dialysis()), DRAFTS)
    answered = answer(body, using=using)
    assert [(card.indicator, card.summary) for card in answered.cards] == [
        ("info", "Could not be judged: Vitamin K antagonist"),
        ("info", "Calcium carbonate (on dialysis): look at all calcium sources together"),
    ]
    assert "Draft of a vitamin K antagonist" in answered.cards[0].detail
    assert SECRET not in answered.body().decode()
    assert SECRET not in caplog.text


def test_a_more_serious_rule_that_fails_is_named_where_a_milder_one_speaks():
    using = with_failing("order/calcium_containing_with_high_calcium")
    (card,) = answer(call("order-sign", prefetch(dialysis()), DRAFTS[1:]), using=using).cards
    assert card.summary.startswith("Calcium carbonate (on dialysis)")
    assert "**Could not be judged**\n\n- Draft of calcium while calcium is high" in card.detail


def test_a_rule_below_that_fails_is_felt_only_where_it_decides():
    using = with_failing("suspicion/possible")
    (card,) = answer(call("order-sign", prefetch(dialysis()), DRAFTS[:1]), using=using).cards
    assert card.summary == "Warfarin (on dialysis): review the indication"


def test_a_failing_rule_of_the_worklist_is_told_when_nothing_else_is_due():
    using = with_failing("worklist/palpation_overdue")
    sent = prefetch(egfr(95), calcium(9.2), finding("sign.lesion", is_there=False))
    (card,) = answer(call("patient-view", sent), using=using).cards
    assert card.indicator == "info"
    assert card.summary == "Could not be judged: Palpation overdue"
    assert "says nothing about the person" in card.detail


def test_a_failing_rule_is_named_on_the_card_of_a_person_with_something_due():
    using = with_failing("risk/low_albumin")
    sent = prefetch(dialysis(), finding("sign.subcutaneous_nodule", site="left thigh"))
    (card,) = answer(call("patient-view", sent), using=using).cards
    assert card.summary.startswith("Possible early disease")
    assert "**Could not be judged**\n\n- Low albumin" in card.detail


@pytest.mark.parametrize("hook", ["patient-view", "order-sign"])
def test_an_engine_that_breaks_altogether_gives_a_card_all_the_same(hook, monkeypatch, caplog):
    using = HookService(HookSettings(base_url=BASE), Noon())

    def breaks(*args, **kwargs):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(using.engine, "judge", breaks)
    sent = prefetch(dialysis())
    body = call(hook, sent, DRAFTS if hook == "order-sign" else None)
    answered = answer(body, using=using)
    assert {card.summary.split(":")[0] for card in answered.cards} == {"Could not be judged"}
    assert SECRET not in caplog.text
    assert "RuntimeError" in caplog.text


def test_words_that_cannot_be_made_give_a_card_all_the_same(monkeypatch):
    using = HookService(HookSettings(base_url=BASE), Noon())

    def breaks(*args, **kwargs):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(using.speaker("en"), "order_card", breaks)
    answered = answer(call("order-sign", prefetch(dialysis()), DRAFTS), using=using)
    assert [card.summary for card in answered.cards] == [
        "Could not be judged: Vitamin K antagonist",
        "Could not be judged: Calcium-containing binder or supplement",
    ]
