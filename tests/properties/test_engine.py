"""What holds of every rule and every patient.

LIVEDO_EXAMPLES=5000 looks harder than the default.
"""

import os
import random

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from livedo.assess.answer import Status
from livedo.assess.compare import COMPARISONS
from livedo.assess.compile import conditions_in
from livedo.instants import DAY
from livedo.knowledge.schema import KINDS, Change, PersonIs, Product
from livedo.record.tables import Fact
from tests.properties.invented import (
    AS_OF,
    COMPARED,
    LEAVES,
    answer_of,
    asking,
    asks_rule,
    cases,
    composites,
    condition,
    drafts,
    engine,
    in_order,
    leaf,
    patients_for,
    records,
)

steady = settings(
    derandomize=True,
    deadline=None,
    max_examples=int(os.environ.get("LIVEDO_EXAMPLES", "120")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_every_kind_and_every_comparison_is_generated():
    assert set(LEAVES) | set(composites(leaf)) | {"rule"} == set(KINDS)
    assert asks_rule is not None
    assert set(COMPARED) == set(COMPARISONS)


@steady
@given(cases)
def test_every_answer_has_a_reason(case):
    when, record = case
    answer = answer_of({"asked": when}, record).answers["risk/asked"]
    assert "rule_failed" not in {one.why for one in answer.missing}
    known = {f"fact:{fact.fact_id}" for fact in record.facts}
    known |= {f"observed:{span.domain}:{span.from_at}" for span in record.observed}
    assert set(answer.evidence) <= known
    assert list(answer.evidence) == sorted(set(answer.evidence))
    if answer.status is Status.UNKNOWN:
        assert answer.missing
    asks_person = any(isinstance(inner, PersonIs) for inner in conditions_in(when))
    assert answer.evidence or answer.missing or asks_person


@steady
@given(cases)
def test_what_was_known_later_changes_no_answer(case):
    when, record = case
    rules = {"asked": when}
    assert answer_of(rules, as_known(record)) == answer_of(rules, record)


def as_known(record):
    """The record without anything that was known only after the moment of judgement."""
    person = record.person
    if person.died_on is not None and person.died_on > AS_OF:
        person = msgspec.structs.replace(person, died_on=None, is_dead=False)
    return msgspec.structs.replace(
        record,
        person=person,
        facts=tuple(without_later_end(fact) for fact in record.facts if fact.known_at <= AS_OF),
        observed=tuple(
            msgspec.structs.replace(span, to_at=min(span.to_at, AS_OF))
            for span in record.observed
            if span.from_at <= AS_OF
        ),
    )


def without_later_end(fact: Fact) -> Fact:
    if fact.end_at is None or fact.end_at <= AS_OF or fact.end_at == fact.start_at:
        return fact
    end_from = fact.end_from if fact.end_from is not None and fact.end_from <= AS_OF else None
    return msgspec.structs.replace(fact, end_from=end_from, end_at=None)


@steady
@given(condition, asking, condition, records())
def test_an_answer_does_not_depend_on_the_other_rules(first, asked, other, record):
    alone = answer_of({"first": first, "asked": asked}, record)
    among = answer_of({"other": other, "first": first, "asked": asked}, record)
    assert among.answers["risk/asked"] == alone.answers["risk/asked"]
    only = engine(other=other, first=first, asked=asked).judge(record, AS_OF, ["risk/asked"])
    assert only.answers == {"risk/asked": alone.answers["risk/asked"]}


@steady
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_no_answer(case, chance: random.Random):
    when, record = case
    facts = list(record.facts)
    chance.shuffle(facts)
    spans = list(record.observed)
    chance.shuffle(spans)
    mixed = msgspec.structs.replace(record, facts=tuple(facts), observed=tuple(spans))
    assert answer_of({"asked": when}, mixed) == answer_of({"asked": when}, record)


@steady
@given(cases, st.randoms(use_true_random=False))
def test_knowing_a_value_or_a_date_more_exactly_never_turns_an_answer_round(case, chance):
    """A decided answer stays; only an unknown one may become decided."""
    when, record = case
    if any(isinstance(inner, Change | Product) for inner in conditions_in(when)):
        return  # A date known to the day counts there as the end of that day.
    before = answer_of({"asked": when}, record).answers["risk/asked"]
    after = answer_of({"asked": when}, sharpened(record, chance)).answers["risk/asked"]
    if before.status is not Status.UNKNOWN:
        assert after.status is before.status, (before, after)


def sharpened(record, chance):
    """Every imprecise date and value made exact, within what it was."""
    return msgspec.structs.replace(
        record, facts=tuple(in_order([_exact(fact, chance) for fact in record.facts]))
    )


def _exact(fact: Fact, chance) -> Fact:
    is_point = fact.end_at == fact.start_at and fact.end_from == fact.start_at
    # What is known has begun, so a start is never later than the moment of judgement.
    latest = max(fact.start_from, min(fact.start_at, AS_OF))
    start = chance.randint(fact.start_from, latest)
    low = fact.low if fact.low is not None else (None if fact.high is None else fact.high - 1)
    high = fact.high if fact.high is not None else (None if fact.low is None else fact.low + 1)
    value = None if low is None or high is None else chance.choice([low, high, (low + high) / 2])
    end = _exact_end(fact, start, chance)
    return msgspec.structs.replace(
        fact,
        start_from=start,
        start_at=start,
        end_from=start if is_point else end,
        end_at=start if is_point else end,
        low=value,
        high=value,
    )


def _exact_end(fact: Fact, start, chance):
    if fact.end_at is None:
        return None
    earliest = max(start, fact.end_from if fact.end_from is not None else start)
    return chance.randint(min(earliest, fact.end_at), fact.end_at)


@steady
@given(cases, st.integers(1, 100))
def test_an_answer_holds_until_the_moment_named(case, percent):
    when, record = case
    judging = engine(asked=when)
    until = judging.good_until(record, AS_OF)
    ahead = 400 * DAY if until is None else until - 1 - AS_OF
    later = AS_OF + ahead * percent // 100
    now, then = judging.judge(record, AS_OF), judging.judge(record, later)
    one, other = now.answers["risk/asked"], then.answers["risk/asked"]
    assert (one.status, one.evidence, one.missing) == (other.status, other.evidence, other.missing)


@pytest.mark.parametrize("status", [*Status])
@pytest.mark.parametrize("kind", [*LEAVES])
def test_every_kind_can_answer_yes_no_and_unknown(kind, status):
    """Guards the generator: a kind that never decides would make the properties empty."""

    def answers_so(case):
        when, record = case
        return answer_of({"asked": when}, record).answers["risk/asked"].status is status

    enough = settings(steady, max_examples=3000, phases=[Phase.generate])
    find(patients_for(LEAVES[kind]), answers_so, settings=enough)


@steady
@given(cases, st.lists(drafts, max_size=4))
def test_what_is_only_drafted_changes_no_answer(case, drafted):
    when, record = case
    numbered = [msgspec.structs.replace(f, fact_id=9000 + n) for n, f in enumerate(drafted)]
    with_drafts = msgspec.structs.replace(record, facts=tuple(in_order([*record.facts, *numbered])))
    assert answer_of({"asked": when}, with_drafts) == answer_of({"asked": when}, record)
