"""Curves from counts that are shown only when enough have gathered.

Where 1 to 7 deaths are hidden, the next number shown holds the deaths of several stretches of
time. Set against the people at risk in the last stretch alone, who are fewer by then, they would
weigh too much: 10 deaths over half a year among 20 people would look like the death of everybody
left. They are spread evenly over the stretches in which they gathered, each part against the
people at risk in its own. Nothing is used but numbers that may be shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

from livedo.registry.life_table import LifeTable
from livedo.registry.shown_curves import OF_ALL, ShownCurve

REST = "rest"
"""Deaths of every cause but one."""


def of_all(curve: ShownCurve) -> LifeTable:
    """All deaths against the people at risk while they gathered."""
    events = curve.of_all.events_by_cause[OF_ALL]
    return _table(curve.of_all, {OF_ALL: events})


def of_cause(curve: ShownCurve, cause: str) -> LifeTable | None:
    """One cause and the rest likewise; None where the deaths of this cause are hidden."""
    events = curve.by_cause.events_by_cause.get(cause)
    if events is None:
        return None
    so_far = accumulate(curve.of_all.events_by_cause[OF_ALL])
    left = [all_ - own for all_, own in zip(so_far, accumulate(events), strict=True)]
    # What is never taken back later: deaths of this cause that were still hidden are not the rest.
    known = [max(0, least) for least in accumulate(reversed(left), min)][::-1]
    rest = [now - before for before, now in zip([0, *known], known, strict=False)]
    return _table(curve.of_all, {cause: events, REST: rest})


def _table(shown: LifeTable, events: dict[str, Sequence[int]]) -> LifeTable:
    """The rows at which anything happened, for the estimators: at risk is what they divide by."""
    weights = {cause: _weights(shown.at_risk, counts) for cause, counts in events.items()}
    rows = range(len(shown.times))
    died = [sum(counts[row] for counts in events.values()) for row in rows]
    hazard = [
        sum(counts[row] * weights[cause][row] for cause, counts in events.items()) for row in rows
    ]
    at_risk = [
        max(died[row], round(died[row] / hazard[row])) if hazard[row] else shown.at_risk[row]
        for row in rows
    ]
    return LifeTable(
        times=shown.times,
        at_risk=tuple(at_risk),
        events_by_cause={cause: tuple(counts) for cause, counts in events.items()},
        censored=shown.censored,
        entered=shown.entered,
    )


def _weights(at_risk: Sequence[int], events: Sequence[int]) -> list[float]:
    """What share of those at risk each event takes with it, spread since the event before."""
    found: list[float] = []
    gathered: list[int] = []
    for people, happened in zip(at_risk, events, strict=True):
        gathered.append(people)
        if not happened:
            found.append(0.0)
            continue
        part = happened / len(gathered)
        left = math.prod(max(0.0, 1 - part / number) for number in gathered)
        found.append((1 - left) / happened)
        gathered = []
    return found
