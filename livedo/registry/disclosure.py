"""Counts as they may leave: small ones hidden, others so that no hidden one can be worked out.

All tables of a report are one system. First every count of 1 to 7 is hidden, then the rest is
rounded to 5, then every hidden count is attacked with everything shown and all sums, and where
too few values are left another count is hidden too. docs/decisions/0014-small-numbers.md says
what this promises and what not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from livedo.registry.attacker import UNBOUNDED, Attacker
from livedo.registry.equations import Equations, Sum, nested
from livedo.registry.small_numbers import HIDDEN, Count, Policy
from livedo.registry.whole_numbers import Program, Range

__all__ = ["Sum", "nested", "protect"]

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
        self._small = [cell for cell in cells if policy.is_small(equations.counts[cell])]
        self.hidden = {cell for cell in self._small if equations.is_printed[cell]}
        self._plain = self._attacker(False, False)
        # As if everything else were hidden: what no further hiding can help is seen here.
        self._hopeful = self._attacker(True, True)
        self._told = self._attacker(True, False, (self._plain, self._hopeful))

    def _attacker(
        self, is_told: bool, is_all_hidden: bool, weaker: Sequence[Attacker] = ()
    ) -> Attacker:
        cells = range(len(self.equations.ids))
        ranges = [self._known(cell, is_told, is_all_hidden) for cell in cells]
        least = _TOLD_LEFT if is_told else self.policy.narrowest
        return Attacker(self.equations, ranges, least, weaker)

    def _known(self, cell: int, is_told: bool, is_all_hidden: bool) -> Range:
        """What an attacker knows of one cell before he adds anything up."""
        count = self.equations.counts[cell]
        if not self.equations.is_printed[cell]:
            return (0, UNBOUNDED)
        if count == 0:
            return (0, 0)
        if cell in self.hidden:
            # Zeros are always shown, so what is hidden is at least 1.
            return (1, self.policy.hide_to if is_told else UNBOUNDED)
        if is_all_hidden:
            return self._further_hidden(is_told)
        return self.policy.behind(self.policy.rounded(count))

    def _further_hidden(self, is_told: bool) -> Range:
        return (self.policy.hide_to + 1 if is_told else 1, UNBOUNDED)

    def done(self) -> set[int]:
        """The cells that stay hidden."""
        for component in self.equations.components():
            small = [cell for cell in self._small if cell in component]
            if small:
                self._secure(Program(self.equations, sorted(component)), small)
        return self.hidden

    def _secure(self, program: Program, cells: list[int]) -> None:
        """Hides more until all of these cells, and what was hidden for them, are safe."""
        while cells:
            self._told.survey(program, cells)
            self._plain.survey(program, cells)
            further: list[int] = []
            for cell in cells:
                further += self._secured(program, cell)
            cells = sorted(further)

    def _secured(self, program: Program, cell: int) -> list[int]:
        """The cells that had to be hidden for the sake of one."""
        further: list[int] = []
        while (attacker := self._stronger(program, cell)) is not None:
            loose = self._loose(program, attacker)
            if not loose:
                # All ties hold for twice and three times the true numbers as well.
                break
            for other in attacker.in_the_way(program, cell, loose) or sorted(loose):
                self._hide(other)
                further.append(other)
        return further

    def _stronger(self, program: Program, cell: int) -> Attacker | None:
        """The attacker who narrows a cell too far; None where none does that hiding could stop.

        First the one who is told more: what stops him mostly stops the other too.
        """
        if not self._told.examine(program, cell) and self._hopeful.examine(program, cell):
            return self._told
        return None if self._plain.examine(program, cell) else self._plain

    def _loose(self, program: Program, attacker: Attacker) -> dict[int, tuple[Range, int]]:
        """What could be hidden, the range it would then have, and its price.

        The price is what is shown and not what is true, so that the choice tells less.
        """
        return {
            cell: (
                self._further_hidden(attacker is self._told),
                self.policy.rounded(self.equations.counts[cell]),
            )
            for cell in program.cells
            if self.equations.is_printed[cell] and cell not in self.hidden
        }

    def _hide(self, cell: int) -> None:
        self.hidden.add(cell)
        self._plain.ranges[cell] = self._further_hidden(False)
        self._told.ranges[cell] = self._further_hidden(True)
