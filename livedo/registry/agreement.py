"""How well two readers agree: observed, and beyond chance (Cohen's kappa).

Kappa: Cohen, Educ Psychol Meas 1960;20:37-46; weighted: Cohen, Psychol Bull 1968;70:213-20; its
large-sample error: Fleiss, Cohen and Everitt, Psychol Bull 1969;72:323-7, as statsmodels has it.
Where kappa or its interval says nothing, the reason is given and never a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from livedo.errors import PartMissing
from livedo.knowledge.register_quality import Verdicts, load_verdicts
from livedo.registry.adjudication import Readings

Pair = tuple[str, str]
WhyNone = Literal["", "no_pairs", "one_category", "always_agreed", "reader_never_varied"]


class Kappa(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement of pairs of readings. `low` and `high` hold the interval.

    no_pairs: nothing was read twice. one_category: everybody said the same of every case, so that
    chance alone would agree as often and kappa is 0/0. always_agreed: kappa is 1, and its
    large-sample interval has no width. reader_never_varied: one of the two said the same of every
    case, so that kappa is 0 whatever the other says.
    """

    pairs: int
    agreed: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    why_no_value: WhyNone = ""
    why_no_interval: WhyNone = ""

    @property
    def observed(self) -> float | None:
        """The share of pairs that agree."""
        return self.agreed / self.pairs if self.pairs else None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement of a register's readers."""

    read_twice: int
    not_alone: int
    """Read twice, but one of the readings was made when the other could be seen: left out."""
    readers: tuple[str, ...]
    """Two: kappa is theirs. More: the columns are not two people, and kappa is of the pool."""
    verdict: Kappa
    weighted: Kappa
    """Of pairs in which both gave a step of certainty, linear weights."""
    cause_of_death: Kappa
    """Of pairs in which both were asked."""


def agreement(cases: Iterable[Readings], verdicts: Verdicts | None = None) -> Agreement:
    """Agreement over every case that two readers read alone.

    Raises:
        PartMissing: the statistics are not installed.
    """
    known = verdicts or load_verdicts()
    twice = [case for case in cases if case.second is not None]
    alone = [(one, two) for one, two in (case.alone for case in twice) if one and two]
    # The reader whose name comes first stands in the rows, so that two people are two margins.
    ordered = [sorted(pair, key=lambda one: one.reader) for pair in alone]
    said = [(one.verdict, two.verdict) for one, two in ordered]
    causes = [(one.cause_of_death, two.cause_of_death) for one, two in ordered]
    steps = [pair for pair in said if set(pair) <= set(known.ordered)]
    both_asked = [(one, two) for one, two in causes if one and two]
    return Agreement(
        read_twice=len(twice),
        not_alone=len(twice) - len(alone),
        readers=tuple(sorted({one.reader for pair in alone for one in pair})),
        verdict=kappa(said, (*known.ordered, *known.beside), level=known.level),
        weighted=kappa(steps, known.ordered, level=known.level, is_weighted=True),
        cause_of_death=kappa(both_asked, known.causes_of_death, level=known.level),
    )


def kappa(
    pairs: Sequence[Pair], categories: Sequence[str], *, level: float, is_weighted: bool = False
) -> Kappa:
    """Cohen's kappa of pairs of words; weighted, the categories are steps of one order.

    Raises:
        PartMissing: the statistics are not installed.
    """
    agreed = sum(one == two for one, two in pairs)
    if not pairs:
        return _without("no_pairs", 0, 0)
    if len({word for pair in pairs for word in pair}) == 1:
        return _without("one_category", len(pairs), agreed)
    if agreed == len(pairs):
        return Kappa(pairs=agreed, agreed=agreed, value=1.0, why_no_interval="always_agreed")
    if any(len(set(column)) == 1 for column in zip(*pairs, strict=True)):
        return Kappa(
            pairs=len(pairs), agreed=agreed, value=0.0, why_no_interval="reader_never_varied"
        )
    value, error = _computed(_table(pairs, categories), is_weighted=is_weighted)
    half = _quantile(level) * error
    return Kappa(
        pairs=len(pairs),
        agreed=agreed,
        value=value,
        low=max(-1.0, value - half),
        high=min(1.0, value + half),
    )


def _without(why: WhyNone, pairs: int, agreed: int) -> Kappa:
    return Kappa(pairs=pairs, agreed=agreed, why_no_value=why, why_no_interval=why)


def _table(pairs: Sequence[Pair], categories: Sequence[str]) -> list[list[int]]:
    place = {word: number for number, word in enumerate(categories)}
    table = [[0] * len(categories) for _ in categories]
    for one, two in pairs:
        table[place[one]][place[two]] += 1
    return table


def _computed(table: list[list[int]], *, is_weighted: bool) -> tuple[float, float]:
    """Kappa and its large-sample error."""
    try:
        from statsmodels.stats.inter_rater import cohens_kappa
    except ImportError as error:
        raise PartMissing(
            "The statistics of the registry are not installed",
            still_works="the register itself, its import and export, and its follow-up",
            next_step='pip install "livedo[registry]"',
        ) from error
    found = cohens_kappa(table, wt="linear" if is_weighted else None)
    # A rounding error may leave a variance that is a hair below nothing.
    return float(found.kappa), math.sqrt(max(0.0, float(found.var_kappa)))


def _quantile(level: float) -> float:
    from scipy.stats import norm

    return float(norm.isf((1 - level) / 2))
