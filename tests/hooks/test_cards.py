"""What every card holds to: short, and never a verdict, a score or a drug of ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livedo.act.order_files import load_orders
from livedo.demo.calls import EXAMPLES, call_about
from livedo.knowledge.load import load_knowledge
from livedo.surfaces.hooks.cards import LONGEST_SUMMARY, CardNames, fitted, plain
from livedo.surfaces.hooks.files import load_hooks
from tests.hooks.calls import (
    answer,
    bundle,
    calcium,
    call,
    condition,
    dialysis,
    drafted,
    egfr,
    finding,
    imaging,
    injected,
    patient,
    prefetch,
    shared,
)

GOLDEN = Path(__file__).parent / "golden"
FORBIDDEN = {
    "en": (
        "probability", "probable", "likely", "chance", "score", "per cent", "%", "order", "ordered",
        "prescribe", "stop", "stopped", "discontinue", "switch", "replace", "instead", "start",
        "no calciphylaxis", "excluded", "ruled out", "safe", "recommended", "must be given",
    ),
    "da": (
        "sandsynlighed", "sandsynlig", "chance", "score", "procent", "%", "ordinér", "ordiner",
        "seponér", "stop", "skift", "erstat", "i stedet", "start", "ingen kalcifylaksi",
        "udelukket", "sikkert", "anbefales", "skal gives",
    ),
}  # fmt: skip
"""Words that no card holds: no verdict on the disease, no number for it, no instruction."""

NO_DRUGS = re.compile(
    r"calcium[- ](phosphate|fosfat)[- ]?produkt?\w*|calcium[- ](phosphate|fosfat)[- ]product"
    r"|(binders|fosfatbindere), [^.\n]*(dialysate|dialysevæske)"
    r"|(rests on|bygger på): [^\n]*"
    r"|calcium,? (og|eller|and|or|,)? ?(phosphate|fosfat)|vitamin k[- ]antagonist\w*"
)
"""Names of analytes, of the drafted class and of claims that hold the name of another drug."""


def all_texts(card) -> str:
    reasons = " ".join(reason.display for reason in card.override_reasons)
    return " ".join([card.summary, card.detail or "", reasons, card.source.topic.display])


def check_card(card, lang: str, sent: str) -> None:
    text = all_texts(card).casefold()
    for word in FORBIDDEN[lang]:
        assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text), (word, text)
    vocabulary = load_knowledge().vocabulary
    sent_drugs = {
        above
        for drug in vocabulary.drugs_for_text(sent)
        for above in (*vocabulary.ancestors(drug), *vocabulary.descendants(drug))
    }
    for drug in vocabulary.drugs_for_text(NO_DRUGS.sub("", text)):
        assert drug in sent_drugs, f"{drug} is in the card and not in the call"
    assert len(card.summary) <= LONGEST_SUMMARY
    assert card.source.label
    assert card.source.topic.display
    assert card.override_reasons
    assert (card.indicator == "critical") <= (card.source.topic.code in SAFETY)


SAFETY = {
    family.id
    for family in load_orders().families
    if any(told.indicator == "critical" for told in family.told)
}


def drug_texts() -> list[str]:
    names = [d.name("en") for d in load_knowledge().vocabulary.concepts.values()]
    return [name for name in names if name]


PLACES = ("abdomen", "left thigh", "right upper arm", "buttock", "lower leg", "penis")
resources = st.lists(
    st.sampled_from(
        [
            dialysis(),
            egfr(11),
            egfr(90),
            calcium(11.4),
            calcium(7.9),
            condition("condition.chronic_kidney_disease"),
            condition("condition.calciphylaxis"),
            condition("condition.mechanical_heart_valve"),
            condition("condition.skin_ulcer"),
            finding("sign.lesion", is_there=False),
            {**drafted("Alfacalcidol"), "status": "active", "authoredOn": "2025-02-01"},
            {**drafted("Marevan"), "id": "m", "status": "active", "authoredOn": "2025-02-01"},
            *[
                finding(f"sign.{sign}", site=place)
                for sign in ("ulcer", "subcutaneous_nodule", "livedo", "necrosis", "plaque")
                for place in PLACES
            ],
        ]
    ),
    max_size=7,
    unique_by=lambda resource: resource["id"],
)
concepts = [
    concept
    for concept in load_knowledge().vocabulary.concepts.values()
    if concept.id.startswith("drug.")
]


@st.composite
def drafts(draw):
    concept = draw(st.sampled_from(concepts))
    text = concept.name("en")
    more = {"medicationCodeableConcept": {"coding": [
        {"system": "urn:livedo:concept", "code": concept.id}], "text": text}}  # fmt: skip
    if draw(st.booleans()):
        return {**injected(text, draw(st.sampled_from(["", *PLACES]))), **more}
    return {**drafted(text), **more}


@settings(max_examples=120)
@given(resources, drafts(), st.sampled_from(["en", "da"]))
def test_no_card_holds_a_forbidden_word_or_a_drug_that_was_not_sent(found, draft, lang):
    for body in (
        call("order-sign", prefetch(*found), [draft]),
        call("patient-view", prefetch(*found)),
    ):
        sent = json.dumps(body) + " ; " + str(draft["medicationCodeableConcept"]["text"])
        cards = answer(body, lang).cards
        assert body["hook"] != "patient-view" or len(cards) <= 1
        for card in cards:
            check_card(card, lang, sent)


@pytest.mark.parametrize("lang", ["en", "da"])
@pytest.mark.parametrize("name", [*EXAMPLES])
def test_the_cards_of_the_examples_are_these(name, lang):
    """Run with LIVEDO_GOLDEN=1 to write them anew, then read the difference."""
    import os

    body = call_about(EXAMPLES[name])
    cards = [json.loads(answer(body, lang).body())]
    text = json.dumps(cards, indent=1, ensure_ascii=False) + "\n"
    path = GOLDEN / f"{name}.{lang}.json"
    if os.environ.get("LIVEDO_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    for card in answer(body, lang).cards:
        check_card(card, lang, json.dumps(body))


def test_the_same_call_gives_the_same_bytes():
    body = call("patient-view", prefetch(dialysis()))
    assert answer(body).body() == answer(body).body()


@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=5), st.text(max_size=300))
def test_a_summary_fits_whatever_it_is_made_of(parts, short):
    assert len(fitted("; ".join(parts), short)) <= LONGEST_SUMMARY


def test_a_summary_loses_its_last_parts_first():
    long = "; ".join(["Danger now: a", "b" * 100, "c" * 100])
    assert fitted(long, "Danger now") == f"Danger now: a; {'b' * 100}"


def test_text_in_a_card_is_no_markup():
    assert plain("<b>[x](y)</b> *_#`") == "&lt;b>\\[x\\](y)&lt;/b> \\*\\_\\#\\`"


def test_the_words_of_the_source_never_reach_a_card():
    """Names of drugs come from the vocabulary; what a source wrote could be anything."""
    hostile = "Marevan <img src=x onerror=alert(1)> Zebrafink"
    answered = answer(call("order-sign", prefetch(dialysis()), [drafted(hostile)]))
    assert len(answered.cards) == 1
    assert "Zebrafink" not in answered.body().decode()
    assert "<img" not in answered.body().decode()


def test_nothing_of_the_person_but_dated_facts_reaches_a_card():
    named = patient(name=[{"family": "Zebrafink"}], telecom=[{"value": "4711"}])
    sent = prefetch(dialysis(), patient=named)
    body = answer(call("order-sign", sent, [drafted("Marevan")])).body().decode()
    assert "Zebrafink" not in body
    assert "p-1" not in body


def test_every_override_reason_has_words_and_every_word_a_reason():
    offered = {id for family in load_orders().families for id in family.overrides}
    offered |= set(load_hooks().overrides)
    for lang in ("en", "da"):
        every = load_knowledge().wording(lang).entries
        known = {key[15:] for key in every if key.startswith("hooks.override.")}
        assert known == offered


def test_every_due_group_of_the_worklist_has_its_urgency():
    due = [group.id for group in load_knowledge().groups if group.order <= 5]
    assert set(load_hooks().groups) == set(due)
    assert "critical" not in load_hooks().groups.values()


def test_no_two_rules_share_the_names_of_their_cards():
    knowledge = load_knowledge()
    services = [one.id for one in load_hooks().services]
    names = CardNames(services, knowledge.rules)
    assert len(names._rules) == len(services) * len(knowledge.rules)


def test_a_card_about_contrast_names_the_group_when_the_request_does():
    (card,) = answer(
        call("order-sign", prefetch(dialysis()), [imaging("MRI with gadolinium contrast")])
    ).cards
    assert card.source.topic.code == "gadolinium"
    assert (
        shared().names.rule_of("livedo-order-sign", card.uuid)
        == "order/gadolinium_in_kidney_failure"
    )
    assert bundle([])
