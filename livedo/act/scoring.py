"""How often the right diagnosis stands first, on cases whose diagnosis is known.

Shares come with an interval (Wilson, 95 %) and are told by stratum; beside them stands the
baseline that calls everybody on dialysis or in stage 5 a case. Cases marked as told too
sparsely, or contested, are ranked and left out of the shares.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec

SOUGHT = "calciphylaxis"
WITHIN = 3
NORMAL_95 = 1.959964
"""The 97.5th percentile of the normal distribution."""


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """What a case was, as its authors say."""

    diagnosis: str
    is_ulcerated: bool | None = None
    is_renal: bool = False
    is_left_out: bool = False


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """One case: what the rules said without knowing the answer, and the answer if there is one."""

    id: str
    differential: tuple[str, ...]
    suspicion: str
    ask_for: tuple[str, ...]
    has_kidney_failure: bool = False
    truth: Truth | None = None

    @property
    def rank(self) -> int | None:
        """The place of the true diagnosis; None where it is not listed or not known."""
        wanted = None if self.truth is None else self.truth.diagnosis
        return self.differential.index(wanted) + 1 if wanted in self.differential else None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """So many of so many, with the interval; without a case there is no share."""

    id: str
    hits: int
    of: int
    share: float | None
    low: float | None
    high: float | None


Test = Callable[[Ranked], bool]


def shares(cases: Iterable[Ranked]) -> tuple[Share, ...]:
    """Every stratum, in the order in which it is told."""
    scored = [case for case in cases if case.truth is not None and not case.truth.is_left_out]
    own = [case for case in scored if case.truth and case.truth.diagnosis == SOUGHT]
    others = [case for case in scored if case.truth and case.truth.diagnosis != SOUGHT]
    return (
        *_of_calciphylaxis(own),
        *_of_others(others),
        _share("baseline_calciphylaxis", own, lambda case: case.has_kidney_failure),
        _share("baseline_others", others, lambda case: not case.has_kidney_failure),
    )


def _of_calciphylaxis(own: Sequence[Ranked]) -> tuple[Share, ...]:
    kidney = [case for case in own if case.has_kidney_failure]
    no_kidney = [case for case in own if not case.has_kidney_failure]
    ulcer = [case for case in own if case.truth and case.truth.is_ulcerated is True]
    no_ulcer = [case for case in own if case.truth and case.truth.is_ulcerated is False]
    return (
        _share("calciphylaxis_first", own, _is_first),
        _share("calciphylaxis_within_three", own, _is_within),
        _share("calciphylaxis_first_kidney", kidney, _is_first),
        _share("calciphylaxis_first_no_kidney", no_kidney, _is_first),
        _share("calciphylaxis_first_ulcer", ulcer, _is_first),
        _share("calciphylaxis_first_no_ulcer", no_ulcer, _is_first),
        _share("suspected", own, lambda case: case.suspicion in {"suspected", "possible"}),
    )


def _of_others(others: Sequence[Ranked]) -> tuple[Share, ...]:
    renal = [case for case in others if case.truth and case.truth.is_renal]
    not_renal = [case for case in others if case.truth and not case.truth.is_renal]
    return (
        _share("others_not_first", others, _is_not_sought),
        _share("others_renal_not_first", renal, _is_not_sought),
        _share("others_other_not_first", not_renal, _is_not_sought),
        _share("others_true_within_three", others, _is_within),
    )


def _is_first(case: Ranked) -> bool:
    return case.rank == 1


def _is_within(case: Ranked) -> bool:
    return case.rank is not None and case.rank <= WITHIN


def _is_not_sought(case: Ranked) -> bool:
    return case.differential[:1] != (SOUGHT,)


def _share(name: str, cases: Sequence[Ranked], test: Test) -> Share:
    hits, of = sum(1 for case in cases if test(case)), len(cases)
    if not of:
        return Share(id=name, hits=0, of=0, share=None, low=None, high=None)
    low, high = wilson(hits, of)
    return Share(id=name, hits=hits, of=of, share=hits / of, low=low, high=high)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share.

    Source: Wilson, J Am Stat Assoc 1927;22:209. Not for clustered cases.
    """
    share, z2 = hits / of, NORMAL_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = NORMAL_95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)
