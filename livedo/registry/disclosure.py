"""Counts as they may leave: small ones hidden, others so that no hidden one can be worked out.

All tables of a report are one system. First every count of 1 to 7 is hidden, then the rest is
rounded to 5, then every hidden count is attacked with everything shown and all sums, and where
too few values are left another count is hidden too. docs/decisions/0014-small-numbers.md says
what this promises and what not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from livedo.registry.attacker import UNBOUNDED, Attacker, Range
from livedo.registry.equations import Equations, Sum, nested
from livedo.registry.small_numbers import HIDDEN, Count, Policy

__all__ = ["Sum", "nested", "protect"]

_MOST_TRIED = 60
"""Counts near a hidden one that are tried, one by one, as the next to hide."""
_MOST_STEPS = 12
"""Counts hidden for the sake of one; after that everything tied to it is hidden."""
_TOLD_LEFT = 2
"""Values left for an attacker who is told which counts were hidden for their own size."""


def protect(cells: Mapping[str, int], sums: Sequence[Sum], policy: Policy) -> dict[str, Count]:
    """Every cell as it may leave, in the order given; all sums that hold among them must be named.

    Zeros stay. A hidden cell keeps at least `policy.narrowest` possible values for whoever knows
    the rules, what is shown and the sums. The order of cells and sums changes nothing. With the
    control off all counts are exact.

    Raises ValueError where a count is negative, a sum does not add up, or more than one of its
    counts is given nowhere.
    """
    equations = Equations(cells, sums)
    if not policy.is_on:
        return dict(cells)
    hidden = {equations.ids[cell] for cell in _Hiding(equations, policy).done()}
    return {id: HIDDEN if id in hidden else policy.shown(count) for id, count in cells.items()}


class _Hiding:
    """Which cells are hidden, grown until no attacker narrows one too far."""

    def __init__(self, equations: Equations, policy: Policy) -> None:
        self.equations, self.policy = equations, policy
        cells = range(len(equations.ids))
        small = [cell for cell in cells if policy.is_small(equations.counts[cell])]
        self.hidden = {cell for cell in small if equations.is_printed[cell]}
        self._unsafe = small
        self._plain = Attacker(equations, [self._known(cell, False, False) for cell in cells])
        self._told = Attacker(equations, [self._known(cell, True, False) for cell in cells])
        # As if everything else were hidden: what no further hiding can help is seen here.
        self._hopeful = Attacker(equations, [self._known(cell, True, True) for cell in cells])

    def done(self) -> set[int]:
        """The cells that stay hidden."""
        for cell in self._unsafe:  # grows while it is walked
            self._secure(cell)
        return self.hidden

    def _known(self, cell: int, is_told: bool, is_all_hidden: bool) -> Range:
        """What an attacker knows of one cell before he adds anything up."""
        count = self.equations.counts[cell]
        if not self.equations.is_printed[cell]:
            return (0, UNBOUNDED)
        if count == 0:
            return (0, 0)
        if cell in self.hidden:
            return (1, self.policy.hide_to if is_told else UNBOUNDED)
        if is_all_hidden:
            return self._further_hidden(is_told)
        return self.policy.behind(self.policy.rounded(count))

    def _further_hidden(self, is_told: bool) -> Range:
        # Zeros are always shown, so a hidden count is at least 1.
        return (self.policy.hide_to + 1 if is_told else 1, UNBOUNDED)

    def _secure(self, cell: int) -> None:
        for _ in range(_MOST_STEPS):
            if self._is_safe(cell):
                return
            other = self._next(cell)
            if other is None:
                return
            self._hide(other)
        for other in self._shown_around(cell):
            self._hide(other)

    def _is_safe(self, cell: int) -> bool:
        if not self._plain.leaves(cell, self.policy.narrowest):
            return False
        return self._told.leaves(cell, _TOLD_LEFT) or not self._hopeful.leaves(cell, _TOLD_LEFT)

    def _next(self, cell: int) -> int | None:
        """The next to hide: the nearest, then smallest, that is enough; else the first of these.

        None when nothing tied to the cell is shown any more. Then all its ties hold for twice and
        three times the true numbers as well, so three values are possible.
        """
        shown = self._shown_around(cell)[:_MOST_TRIED]
        return next((other for other in shown if self._is_enough(cell, other)), next(iter(shown), None))

    def _shown_around(self, cell: int) -> list[int]:
        """Shown counts tied to a cell: nearest first, then smallest as shown, then by id.

        By what is shown and not by what is true, so that the choice tells less.
        """
        around = [
            (distance, self.policy.rounded(self.equations.counts[other]), other)
            for other, distance in self.equations.around(cell)
            if self.equations.is_printed[other] and other not in self.hidden and other != cell
        ]
        return [other for _, _, other in sorted(around)]

    def _is_enough(self, cell: int, other: int) -> bool:
        plain, told = self._further_hidden(False), self._further_hidden(True)
        if not self._plain.leaves_if_hidden(cell, self.policy.narrowest, other, *plain):
            return False
        if self._told.leaves_if_hidden(cell, _TOLD_LEFT, other, *told):
            return True
        return not self._hopeful.leaves(cell, _TOLD_LEFT)

    def _hide(self, cell: int) -> None:
        self.hidden.add(cell)
        self._plain.widen(cell, *self._further_hidden(False))
        self._told.widen(cell, *self._further_hidden(True))
        self._unsafe.append(cell)
