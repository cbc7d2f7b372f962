"""Random conditions and random patients, small enough to collide often.

Every kind of condition and every comparison has a strategy here; a test checks
that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any as Anything

import msgspec
from hypothesis import strategies as st

from livedo.assess.answer import Judgement
from livedo.assess.compile import concepts_in
from livedo.assess.engine_python import PythonEngine
from livedo.instants import DAY
from livedo.knowledge.schema import (
    Active,
    All,
    Any,
    AtLeast,
    Before,
    Change,
    Condition,
    Dose,
    Duration,
    During,
    Ever,
    LastN,
    Latest,
    Not,
    PersonIs,
    Product,
    Recent,
    Rule,
    RuleIs,
    Selection,
    Text,
    Where,
)
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.tables import Fact, Instant, Observed, PatientRecord, Person

AS_OF: Instant = 20_000 * DAY - 1
"""The end of a day."""

LABS = ("lab.phosphate", "lab.calcium_total")
SIGNS = ("sign.lesion", "sign.livedo", "sign.ulcer")
DRUGS = ("drug.vitamin_k_antagonist", "drug.warfarin", "drug.phenprocoumon")
STATES = (*DRUGS, "condition.diabetes", "dialysis.any", "dialysis.haemodialysis")
CONCEPTS = (*LABS, *SIGNS, *STATES)
WORDS = ("high", "low", "normal", "positive", "negative", "abnormal")
SITES = ("thigh", "lower_leg", "proximal")
DAYS = (1, 7, 30, 90)

lab, sign, state = st.sampled_from(LABS), st.sampled_from(SIGNS), st.sampled_from(STATES)
days = st.sampled_from(DAYS)
quantity = st.sampled_from(["1 mmol/L", "1.5 mmol/L", "2 mmol/L"])
limits = st.sampled_from([("1 mmol/L", "2 mmol/L"), ("1.5 mmol/L", "1.5 mmol/L")])
factor = st.sampled_from([0.5, 1.0, 2.0])
same = st.sampled_from([None, "lesion", "body_site"])

COMPARED: dict[str, st.SearchStrategy[Anything]] = {
    "above": quantity,
    "at_least": quantity,
    "below": quantity,
    "at_most": quantity,
    "between": limits,
    "outside": limits,
    "above_upper_limit": factor,
    "below_upper_limit": factor,
    "below_lower_limit": factor,
    "outside_reference": st.booleans(),
    "interpreted": st.sets(st.sampled_from(WORDS), min_size=1, max_size=2).map(sorted).map(tuple),
    "present": st.booleans(),
}
"""A strategy for what each comparison compares with."""

WORDED = ("interpreted", "present")
NUMERIC = ("above", "at_least", "below", "at_most", "between", "outside")


def compared(names: tuple[str, ...] = tuple(COMPARED)) -> st.SearchStrategy[dict[str, Anything]]:
    """Exactly one comparison, as the fields of a condition."""
    return st.sampled_from(names).flatmap(
        lambda name: st.fixed_dictionaries(
            {name: COMPARED[name]},
            optional={"or_word": st.sampled_from(["high", "low"])} if name in NUMERIC else {},
        )
    )


def with_comparison(
    kind: Anything, names: tuple[str, ...] = tuple(COMPARED), **fields: Anything
) -> st.SearchStrategy[Condition]:
    """A condition of a kind that compares."""
    plain = st.fixed_dictionaries(fields)
    return st.builds(lambda one, other: kind(**one, **other), plain, compared(names))


where = st.one_of(
    st.none(),
    st.builds(
        Where,
        body_site=st.sampled_from([(), ("thigh",), ("proximal",), ("lower_leg", "thigh")]),
        side=st.sampled_from([None, "left"]),
    ),
    st.builds(
        Where,
        route=st.sampled_from([(), ("oral",), ("oral", "subcutaneous")]),
        not_route=st.sampled_from([(), ("topical",)]),
        dose=st.sampled_from([None, Dose(above="5 mg/d"), Dose(at_least="5 mg/d")]),
    ),
    st.builds(Where, interpreted=st.sampled_from([("high",), ("normal", "low")])),
)
selection = st.builds(Selection, concept=st.one_of(sign, state), where=where)
optional_days = st.one_of(st.none(), days)

LEAVES: dict[str, st.SearchStrategy[Condition]] = {
    "latest": st.one_of(
        with_comparison(Latest, latest=lab, within_days=optional_days, where=where),
        with_comparison(Latest, WORDED, latest=sign, within_days=optional_days, where=where),
    ),
    "last_n": with_comparison(
        LastN,
        of_concept=lab,
        last_n=st.integers(1, 3),
        k=st.integers(1, 3),
        within_days=optional_days,
        where=st.none(),
    ),
    "change": with_comparison(
        Change,
        tuple(NUMERIC),
        change=lab,
        within_days=days,
        by=st.sampled_from(["absolute", "relative", "slope"]),
        where=st.none(),
    ),
    "product": with_comparison(
        Product,
        ("above", "at_least", "below"),
        product=st.just(LABS),
        within_days=days,
        pair_within_days=st.integers(0, 3),
    ).map(lambda one: msgspec.structs.replace(one, **_squared(one))),
    "active": st.builds(Active, active=st.one_of(sign, state), where=where),
    "ever": st.builds(Ever, ever=st.one_of(sign, state), where=where),
    "recent": st.builds(Recent, recent=st.one_of(sign, state), within_days=days, where=where),
    "during": st.builds(
        During, during=selection, holding=selection, within_days=optional_days, same=same
    ),
    "before": st.builds(
        Before,
        before=selection,
        of=selection,
        within_days=days,
        at_least_days=st.sampled_from([0, 1]),
        recent_days=optional_days,
        same=same,
    ),
    "duration": st.builds(
        Duration,
        duration=st.one_of(sign, state),
        above=st.sampled_from([None, "7 days"]),
        at_least=st.just("1 days"),
        below=st.sampled_from([None, "30 days"]),
        gap_days=st.sampled_from([0, 7]),
        where=where,
    ),
    "person": st.one_of(
        st.builds(PersonIs, person=st.just("age"), at_least=st.just("54 years")),
        st.builds(PersonIs, person=st.just("sex"), is_=st.just("female")),
        st.builds(PersonIs, person=st.just("dead"), is_=st.sampled_from([None, "no"])),
    ),
}
"""A strategy for each kind that looks at facts."""


def _squared(condition: Condition) -> dict[str, str]:
    """Products are compared with products of units."""
    return {
        name: f"{2 * float(text.split()[0])} mmol2/L2"
        for name in ("above", "at_least", "below")
        if (text := getattr(condition, name)) is not None
    }


def _parts(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[tuple[Condition, ...]]:
    return st.lists(inner, min_size=1, max_size=3).map(tuple)


def composites(inner: st.SearchStrategy[Condition]) -> dict[str, st.SearchStrategy[Condition]]:
    """A strategy for each kind made of others."""
    return {
        "all": st.builds(All, all=_parts(inner), same=same),
        "any": st.builds(Any, any=_parts(inner)),
        "at_least": _parts(inner).flatmap(
            lambda of: st.builds(
                AtLeast, at_least=st.integers(1, len(of)), of=st.just(of), same=same
            )
        ),
        "not": st.builds(Not, not_=inner),
    }


asks_rule = st.builds(
    RuleIs, rule=st.just("risk/first"), is_=st.sampled_from(["yes", "no", "unknown"])
)
leaf = st.one_of(*LEAVES.values())
condition = st.recursive(leaf, lambda inner: st.one_of(*composites(inner).values()), max_leaves=5)
asking = st.recursive(
    st.one_of(leaf, asks_rule), lambda inner: st.one_of(*composites(inner).values()), max_leaves=4
)


def rule(rule_id: str, when: Condition) -> Rule:
    """A rule with this condition and nothing else."""
    text = Text(en=rule_id, da=rule_id)
    return Rule(id=rule_id, title=text, asks=text, when=when)


def engine(**conditions: Condition) -> PythonEngine:
    """An engine that knows the conditions as rules `risk/<name>`, in the given order."""
    rules = {f"risk/{name}": rule(f"risk/{name}", when) for name, when in conditions.items()}
    knowledge: Anything = SimpleNamespace(
        rules=rules, vocabulary=load_vocabulary(), version="properties"
    )
    built = PythonEngine(knowledge)
    assert not built.broken
    return built


# Patients

moment = st.one_of(
    st.integers(-10, 120).map(lambda ago: AS_OF - ago * DAY),
    st.integers(-2 * DAY, 40 * DAY).map(lambda ago: AS_OF - ago),
)
width = st.sampled_from([0, 0, 0, DAY - 1, DAY - 1, 30 * DAY])
present = st.sampled_from(["yes"] * 5 + ["no"] * 3 + ["unknown"])
value = st.sampled_from([0.5, 1.0, 1.5, 2.0, 2.5])
interval = st.one_of(
    value.map(lambda one: (one, one)),
    value.map(lambda one: (one, one)),
    st.just((None, None)),
    value.map(lambda one: (one, None)),
    value.map(lambda one: (None, one)),
    st.tuples(value, value).map(lambda pair: (min(pair), max(pair))),
)


@st.composite
def facts(draw: st.DrawFn, fact_id: int, about: tuple[str, ...] = CONCEPTS) -> Fact:
    """One fact about a lab, a sign or a lasting state."""
    concept = draw(st.sampled_from(about))
    start_at = draw(moment)
    start_from = start_at - draw(width)
    is_point = concept not in STATES or draw(st.booleans())
    end_from, end_at = (start_at, start_at) if is_point else draw(_end(start_from, start_at))
    low, high = draw(interval) if concept in LABS else (None, None)
    has_reference = concept in LABS and draw(st.booleans())
    is_sign = concept in SIGNS
    return Fact(
        fact_id=fact_id,
        person_id="p",
        concept=concept,
        present="yes"
        if concept in LABS
        else draw(st.sampled_from(["yes"] * 5 + ["no"] * 3 + ["unknown"])),
        low=low,
        high=high,
        ref_low=0.8 if has_reference else None,
        ref_high=1.6 if has_reference else None,
        interpretation=draw(st.sampled_from([None, *WORDS])),
        start_from=start_from,
        start_at=start_at,
        end_from=end_from,
        end_at=end_at,
        known_at=draw(st.sampled_from([start_from, start_at, start_at + DAY])),
        status=draw(st.sampled_from([None] * 8 + ["provisional"])),
        body_site=draw(st.sampled_from([None, "thigh", "lower_leg"])) if is_sign else None,
        side=draw(st.sampled_from([None, "left", "right", "both"])) if is_sign else None,
        lesion_id=draw(st.sampled_from([None, None, "L1", "L2"])) if is_sign else None,
        route=draw(st.sampled_from([None, "oral", "topical"])) if concept in DRUGS else None,
        dose_per_day=draw(st.sampled_from([None, 5.0, 10.0])) if concept in DRUGS else None,
        dose_unit="mg",
    )


drafts = (
    st.sampled_from(STATES)
    .flatmap(lambda concept: facts(0, (concept,)))
    .map(lambda fact: msgspec.structs.replace(fact, status="draft"))
)
"""What somebody is about to prescribe."""


def _end(start_from: Instant, start_at: Instant) -> st.SearchStrategy[Anything]:
    length = st.integers(0, 60).map(lambda count: start_at + count * DAY)
    return st.one_of(
        st.just((None, None)),
        length.map(lambda end: (end, end)),
        length.map(lambda end: (start_from, end)),
        length.map(lambda end: (end, end + 30 * DAY)),
    )


@st.composite
def spans(draw: st.DrawFn) -> Observed:
    """A declared observed span."""
    begins = AS_OF + 1 - draw(st.sampled_from([10, 40, 100])) * DAY
    return Observed(
        person_id="p",
        domain=draw(st.sampled_from(["drug", "condition", "dialysis", "sign"])),
        from_at=begins,
        to_at=draw(st.sampled_from([AS_OF - 5 * DAY, AS_OF, AS_OF + 5 * DAY])),
        with_history=draw(st.booleans()),
    )


people = st.builds(
    Person,
    person_id=st.just("p"),
    sex=st.sampled_from(["female", "male", "unknown"]),
    born_on=st.sampled_from([None, AS_OF - 19_730 * DAY]),
    born_on_latest=st.sampled_from([None, AS_OF - 19_500 * DAY]),
)


@st.composite
def records(draw: st.DrawFn, about: tuple[str, ...] = CONCEPTS) -> PatientRecord:
    """A patient with a few facts in the order of the record."""
    count = draw(st.integers(0, 8))
    found = [draw(facts(fact_id, about)) for fact_id in range(1, count + 1)]
    person = draw(people)
    died_on = draw(st.sampled_from([None, None, AS_OF - 3 * DAY, AS_OF + 3 * DAY]))
    return PatientRecord(
        person=msgspec.structs.replace(person, is_dead=died_on is not None, died_on=died_on),
        facts=tuple(in_order(found)),
        observed=tuple(draw(st.lists(spans(), max_size=3))),
    )


def family(asked: Iterable[str]) -> tuple[str, ...]:
    """The concepts asked about, those above and those below, three times as often as others."""
    vocabulary = load_vocabulary()
    near = {one for concept in asked for one in vocabulary.ancestors(concept)}
    near |= {one for concept in asked for one in vocabulary.descendants(concept)}
    return (*sorted(near & set(CONCEPTS)) * 3, *CONCEPTS) if near else CONCEPTS


def patients_for(
    when: st.SearchStrategy[Condition],
) -> st.SearchStrategy[tuple[Condition, PatientRecord]]:
    """A condition and a patient of whom it is worth asking."""
    return when.flatmap(
        lambda one: st.tuples(st.just(one), records(about=family(concepts_in([one]))))
    )


cases = patients_for(condition)


def in_order(found: list[Fact]) -> list[Fact]:
    """Facts in the order of the record."""
    return sorted(found, key=lambda fact: (fact.concept, fact.start_at, fact.fact_id))


def answer_of(conditions: dict[str, Condition], record: PatientRecord) -> Judgement:
    """The judgement of these rules at the common moment."""
    return engine(**conditions).judge(record, AS_OF)
