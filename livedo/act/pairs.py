"""The calcium-phosphate product worked out from results of one sample, for the page.

The rule named in `patient_page.yaml` says which two analytes and how far apart they may be drawn;
a calcium that is ionised never enters. A value of which one part is only a bound stays a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from livedo.instants import DAY
from livedo.knowledge.schema import Product
from livedo.record.tables import Fact


def products(facts: Iterable[Fact], rule: Product, concept: str) -> list[Fact]:
    """One product for each result of the second analyte that has a partner, oldest first."""
    first, second = rule.product
    series: dict[str, list[Fact]] = {first: [], second: []}
    for fact in facts:
        if fact.concept in series:
            series[fact.concept].append(fact)
    found = []
    for fact in series[second]:
        partner = _nearest(fact, series[first], rule.pair_within_days)
        if partner is not None:
            found.append(_multiplied(partner, fact, concept))
    return sorted(found, key=lambda fact: (fact.start_at, fact.fact_id))


def _nearest(fact: Fact, others: Sequence[Fact], days: int) -> Fact | None:
    """The result drawn nearest in time, if it is near enough."""
    near = [other for other in others if abs(other.start_at - fact.start_at) <= days * DAY]
    return min(
        near, key=lambda other: (abs(other.start_at - fact.start_at), other.fact_id), default=None
    )


def _multiplied(one: Fact, other: Fact, concept: str) -> Fact:
    later = max(one, other, key=lambda fact: (fact.start_at, fact.fact_id))
    return msgspec.structs.replace(
        later,
        concept=concept,
        low=_times(one.low, other.low),
        high=_times(one.high, other.high),
        known_at=max(one.known_at, other.known_at),
        ref_low=None,
        ref_high=None,
        interpretation=None,
        is_query=one.is_query or other.is_query,
        original=None,
    )


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other
