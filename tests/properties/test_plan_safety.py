"""Over generated patients: nothing unsafe is ever offered, whatever the record holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from livedo.act.explanation import Explainer
from livedo.act.facts_in_words import FactWords
from livedo.act.option_files import load_safety
from livedo.act.parts import Plan, PlanLine
from livedo.knowledge.load import load_knowledge
from tests.act.people import as_of, engine, patient

EXPLAINER = Explainer(engine(), FactWords(load_knowledge()))
ABOVE = load_knowledge().vocabulary.ancestors
PRESENT = st.sampled_from(["yes", "yes", "no", "unknown"])
DAYS = st.sampled_from(["2026-11-18", "2026-11-02", "2026-09-01", "2026-04-01", "2025-01-01"])
SITES = st.sampled_from([None, "thigh", "abdomen", "lower_leg"])
OPEN = ("sign.ulcer", "sign.eschar", "sign.bulla", "sign.necrosis")
WOUND = ("wound.dry_eschar", "wound.moist", "wound.infected", "wound.granulating")
SIGNS = (*OPEN, *WOUND, "sign.plaque", "sign.livedo", "sign.subcutaneous_nodule", "sign.lesion")
STATES = (
    "dialysis.haemodialysis",
    "dialysis.peritoneal",
    "drug.warfarin",
    "drug.phenprocoumon",
    "drug.prednisolone",
    "drug.cinacalcet",
    "drug.calcium_carbonate",
    "drug.tinzaparin",
    "drug.sodium_thiosulfate",
    "drug.pamidronate",
    "condition.calciphylaxis",
    "condition.mechanical_heart_valve",
    "condition.hypocalcaemia",
)
LABS = {
    "lab.calcium_total": ["1.90 mmol/L", "2.14 mmol/L", "2.15 mmol/L", "2.60 mmol/L"],
    "lab.calcium_corrected": ["1.90 mmol/L", "2.30 mmol/L"],
    "lab.pth_intact": ["5 pmol/L", "130 pmol/L", "1200 pg/mL"],
    "lab.phosphate": ["1.2 mmol/L", "2.4 mmol/L"],
    "lab.egfr": ["20 mL/min", "35 mL/min", "80 mL/min"],
}


def _without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


signs = st.builds(
    _without_none,
    concept=st.sampled_from(SIGNS),
    on=DAYS,
    present=PRESENT,
    body_site=SITES,
    lesion=st.sampled_from([None, "a", "b"]),
)
pain = st.builds(
    _without_none,
    concept=st.just("sign.lesion_pain"),
    on=DAYS,
    interpretation=st.just("severe"),
    body_site=st.just("thigh"),
    lesion=st.sampled_from(["a", "b"]),
)
states = st.builds(
    _without_none,
    concept=st.sampled_from(STATES),
    **{"from": st.sampled_from(["2020-01-01", "2026-10-01"])},
    until=st.sampled_from([None, None, "2026-10-15"]),
    body_site=st.just(None),
)
labs = st.sampled_from(sorted(LABS)).flatmap(
    lambda name: st.builds(
        _without_none, concept=st.just(name), value=st.sampled_from(LABS[name]), on=DAYS
    )
)
sick = st.sampled_from(
    [
        [{"concept": "condition.calciphylaxis", "from": "2026-10-01"}],
        [{"concept": "condition.calciphylaxis", "from": "2026-10-01"}],
        [],
    ]
)
CLEAR = [{"concept": concept, "on": "2026-11-18", "present": "no"} for concept in OPEN]
looked_at = st.one_of(
    st.lists(signs, max_size=6), st.lists(signs, max_size=2).map(lambda more: [*more, *CLEAR])
)
high_pth = st.lists(labs, max_size=3).map(
    lambda more: [*more, {"concept": "lab.pth_intact", "value": "1200 pg/mL", "on": "2026-11-02"}]
)
patients = st.tuples(
    sick,
    looked_at,
    st.lists(pain, max_size=1),
    st.lists(states, max_size=4),
    st.one_of(st.lists(labs, max_size=4), high_pth),
    st.sampled_from([(), ("drug",), ("drug", "condition", "dialysis", "procedure")]),
)
Told = tuple[Any, ...]
MUST_OCCUR = {
    "drug.glucocorticoid_systemic",
    "procedure.debridement",
    "drug.calcimimetic",
    "drug.bisphosphonate",
    "drug.heparin",
}


def facts_of(told: Told) -> list[dict[str, Any]]:
    return [fact for part in told[:-1] for fact in part]


def plan_of(told: Told) -> Plan:
    record = patient("G-1", *facts_of(told), observed=told[-1])
    return EXPLAINER.explanation(record, as_of()).plan


def about(plan: Plan, concept: str, *acts: str) -> list[PlanLine]:
    return [
        line
        for line in plan.lines
        if concept in {line.concept, *ABOVE(line.concept)} and line.act in acts
    ]


def recorded(told: Told, concepts: tuple[str, ...], since: str) -> bool:
    return any(
        fact["concept"] in concepts and fact["present"] == "yes" and fact["on"] >= since
        for fact in told[1]
    )


def _eschars(told: Told) -> list[dict[str, Any]]:
    dead = ("sign.eschar", "sign.necrosis")
    return [
        f for f in told[1] if f["concept"] in dead and f["present"] == "yes" and f["on"] > "2026"
    ]


def _is_known_moist(eschar: dict[str, Any], told: Told) -> bool:
    """Whether the eschar's own lesion or place is said to be moist or infected."""
    return any(
        wound["concept"] in ("wound.moist", "wound.infected")
        and wound["present"] == "yes"
        and (
            wound.get("lesion") == eschar.get("lesion")
            or wound.get("body_site") == eschar.get("body_site")
        )
        for wound in told[1]
    )


few = settings(max_examples=120, deadline=None)


@few
@given(patients)
def test_no_plan_skips_the_safety_check(told: Told) -> None:
    plan = plan_of(told)
    file = load_safety()
    assert plan.is_checked
    assert [s.id for s in plan.safety] == [one.id for one in (*file.never, *file.checks)]
    assert all(line.offer != "withheld" for line in plan.lines)
    assert all(line.offer == "withheld" and line.why_not for line in plan.not_offered)
    assert all(line.because and line.reasons for line in plan.lines)


@few
@given(patients)
def test_no_vitamin_k_antagonist_is_started_or_stopped(told: Told) -> None:
    plan = plan_of(told)
    assert {x.act for x in plan.lines if x.concept.endswith("vitamin_k_antagonist")} <= {"review"}
    assert about(plan, "drug.vitamin_k_antagonist", "start", "stop", "check") == []


@few
@given(patients)
def test_steroid_only_with_skin_known_whole(told: Told) -> None:
    if about(plan_of(told), "drug.glucocorticoid_systemic", "start"):
        assert not recorded(told, (*OPEN, *WOUND), "2026-01-01")
        assert any(
            f["present"] == "no" and "body_site" not in f and f["on"] >= "2026-11-01"
            for f in told[1]
        )


@few
@given(patients)
def test_only_a_known_moist_or_infected_wound_is_debrided(told: Told) -> None:
    if about(plan_of(told), "procedure.debridement", "start", "check", "review", "refer"):
        assert recorded(told, ("wound.moist", "wound.infected"), "2026-11-01")
        assert not recorded(told, ("wound.dry_eschar",), "2026-11-01")
        assert all(_is_known_moist(eschar, told) for eschar in _eschars(told))


@few
@given(patients)
def test_no_bisphosphonate_without_its_caution(told: Told) -> None:
    for line in about(plan_of(told), "drug.bisphosphonate", "start", "review"):
        assert any("35" in text for text in line.cautions)
        assert line.check_first


@few
@given(patients)
def test_no_calcimimetic_on_low_or_unknown_calcium(told: Told) -> None:
    if about(plan_of(told), "drug.calcimimetic", "start"):
        fresh = [
            f for f in told[4] if f["concept"].startswith("lab.calcium") and f["on"] >= "2026-11-01"
        ]
        assert fresh
        assert any(f["value"] in ("2.15 mmol/L", "2.60 mmol/L", "2.30 mmol/L") for f in fresh)


@few
@given(patients)
def test_heparin_always_names_bleeding_and_the_place(told: Told) -> None:
    for line in about(plan_of(told), "drug.heparin", "start", "review"):
        assert any("Bleeding" in text for text in line.cautions)
        assert any("protected body site" in text for text in line.cautions)


@pytest.mark.parametrize("concept", sorted(MUST_OCCUR))
def test_the_generated_patients_include_some_who_are_offered_it(concept: str) -> None:
    def is_offered(told: Told) -> bool:
        return bool(about(plan_of(told), concept, "start"))

    assert find(patients, is_offered, settings=settings(max_examples=2000, database=None))
