"""Kleene's laws, and that knowing more never turns an answer round."""

import itertools

import pytest

from livedo.assess.composite import count_holding, negation
from livedo.assess.evidence import decided, missing
from livedo.assess.logic import NO, UNKNOWN, YES, all_of, any_of, at_least, both, either, opposite

VALUES = (YES, NO, UNKNOWN)
TRIPLES = list(itertools.product(VALUES, repeat=3))


@pytest.mark.parametrize(("one", "two", "three"), TRIPLES)
def test_laws_of_three_valued_logic(one, two, three):
    assert both(one, two) is both(two, one)
    assert either(one, two) is either(two, one)
    assert both(one, both(two, three)) is both(both(one, two), three)
    assert either(one, either(two, three)) is either(either(one, two), three)
    assert both(one, either(two, three)) is either(both(one, two), both(one, three))
    assert either(one, both(two, three)) is both(either(one, two), either(one, three))
    assert both(one, either(one, two)) is one
    assert either(one, both(one, two)) is one


@pytest.mark.parametrize(("one", "two"), list(itertools.product(VALUES, repeat=2)))
def test_laws_of_de_morgan(one, two):
    assert opposite(both(one, two)) is either(opposite(one), opposite(two))
    assert opposite(either(one, two)) is both(opposite(one), opposite(two))
    assert opposite(opposite(one)) is one


@pytest.mark.parametrize("parts", TRIPLES)
@pytest.mark.parametrize("needed", [1, 2, 3])
def test_an_unknown_part_that_becomes_known_never_turns_the_whole_round(parts, needed):
    before = at_least(needed, parts)
    for position, part in enumerate(parts):
        if part is UNKNOWN and before is not UNKNOWN:
            for known in (YES, NO):
                after = at_least(needed, (*parts[:position], known, *parts[position + 1 :]))
                assert after is before


@pytest.mark.parametrize("parts", TRIPLES)
def test_the_engine_combines_parts_by_these_laws(parts):
    outcomes = [
        missing("lab.phosphate", "never_measured") if part is UNKNOWN else decided(part)
        for part in parts
    ]
    evaluators = [lambda timeline, group, outcome=outcome: outcome for outcome in outcomes]

    def status_of(evaluator):
        return evaluator(None, None).status

    assert status_of(count_holding(evaluators, 1)) is any_of(parts)
    assert status_of(count_holding(evaluators, 3)) is all_of(parts)
    assert status_of(count_holding(evaluators, 2)) is at_least(2, parts)
    assert status_of(negation(evaluators[0])) is opposite(parts[0])
