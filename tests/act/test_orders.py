"""Drafts judged by the shipped rules: seen by the rules about prescriptions, and by no other."""

from __future__ import annotations

import string

import msgspec
import pytest

from livedo.act.order_files import load_orders
from livedo.act.orders import Orders, drafted_beside, rules_asked
from livedo.assess.engine_python import PythonEngine
from livedo.demo.settings import load_settings
from livedo.demo.unit import person_resources, plan_people
from livedo.instants import from_iso
from livedo.knowledge.load import load_knowledge
from livedo.record.bundle import read_bundles
from livedo.record.tables import DRAFT, Fact
from livedo.sources.fhir_drafts import Drafted

KNOWLEDGE = load_knowledge()
ENGINE = PythonEngine(KNOWLEDGE)
TODAY = from_iso("2026-11-20")
OTHERS = [id for id, rule in KNOWLEDGE.rules.items() if rule.kind != "order"]
DRUGS = (
    ("drug.warfarin", None, None),
    ("drug.calcium_carbonate", None, "oral"),
    ("drug.alfacalcidol", None, "oral"),
    ("drug.zoledronate", None, "intravenous"),
    ("drug.prednisolone", None, "oral"),
    ("drug.insulin_glargine", "abdomen", "subcutaneous"),
    ("drug.gadobutrol", None, "intravenous"),
    ("exposure.gadolinium", None, None),
)


def drafts_of(person_id: str) -> list[Fact]:
    return [
        Fact(
            fact_id=number,
            person_id=person_id,
            concept=concept,
            start_from=TODAY,
            start_at=TODAY,
            known_at=TODAY,
            status=DRAFT,
            body_site=site,
            route=route,
        )
        for number, (concept, site, route) in enumerate(DRUGS, start=1)
    ]


def people(*ids: str):
    settings = load_settings()
    plans = {plan.person_id: plan for plan in plan_people(settings)}
    resources = [r for id in ids for r in person_resources(plans[id], settings)]
    body = msgspec.json.encode(
        {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}
    )
    observed = [f"{d}=1900-01-01..2026-11-20,history" for d in ("drug", "condition", "procedure")]
    return read_bundles([body], observed=observed).patients


PEOPLE = people("B-003", "B-007", "B-044", "B-072", "B-089", "B-098")


@pytest.mark.parametrize("record", PEOPLE, ids=lambda record: record.person.person_id)
def test_drafts_change_no_answer_of_any_other_rule(record):
    with_drafts = drafted_beside(record, drafts_of(record.person.person_id), TODAY)
    alone = ENGINE.judge(record, TODAY, OTHERS).answers
    beside = ENGINE.judge(with_drafts, TODAY, OTHERS).answers
    assert beside == alone


@pytest.mark.parametrize("record", PEOPLE, ids=lambda record: record.person.person_id)
def test_without_the_word_that_these_are_all_drafts_every_rule_about_them_stays_open(record):
    about_drafts = [id for id in rules_asked() if id.startswith("order/")]
    answers = ENGINE.judge(record, TODAY, about_drafts).answers
    assert not any(answers[id].status.value == "yes" for id in TOLD)


TOLD = sorted({told.rule for family in load_orders().families for told in family.told})


def test_every_rule_about_prescriptions_is_told_or_asked_by_one_that_is():
    asked = {name for rule in TOLD for name in KNOWLEDGE.needed_by(rule)} | rules_asked()
    assert {id for id, rule in KNOWLEDGE.rules.items() if rule.kind == "order"} <= asked


def test_only_rules_that_name_a_danger_are_critical():
    critical = {
        told.rule
        for family in load_orders().families
        for told in family.told
        if told.indicator == "critical"
    }
    assert critical == {
        "order/injection_at_protected_site",
        "order/systemic_steroid_with_suspicious_ulcer",
        "order/bisphosphonate_with_low_calcium",
    }
    unknown = {t.unknown_indicator for f in load_orders().families for t in f.told}
    assert "critical" not in unknown


def test_what_is_said_fills_the_same_places_in_both_languages():
    for family in load_orders().families:
        for told in family.told:
            for text in filter(None, (told.says, told.unknown_says)):
                places = [{name for _, name, _, _ in string.Formatter().parse(one) if name}
                          for one in (text.en, text.da)]  # fmt: skip
                assert places[0] == places[1]
                assert "drug" in places[0]
                assert places[0] <= {"drug", "why", "sites", "missing"}


def test_one_draft_never_answers_for_another():
    """Insulin for a protected abdomen, and another for an arm of which nobody knows anything."""
    orders = Orders(ENGINE)
    record = next(one for one in PEOPLE if one.person.person_id == "B-072")
    facts = drafts_of("B-072")
    insulin = next(fact for fact in facts if fact.concept == "drug.insulin_glargine")
    elsewhere = msgspec.structs.replace(insulin, fact_id=99, body_site="upper_arm")
    drafts = [Drafted(name="a", facts=(insulin,)), Drafted(name="b", facts=(elsewhere,))]
    found = {v.draft.name: v.status for v in orders.verdicts(record, drafts, TODAY)}
    assert found["a"] == "yes"
    assert found.get("b") != "yes"
    both = orders.verdicts(record, [*drafts, *drafts], TODAY)
    assert [v.indicator for v in both] == sorted(v.indicator for v in both)
