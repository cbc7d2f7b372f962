"""Whole numbers that fit every sum, by scipy's HiGHS; each answer is checked exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from livedo.registry.attacker import Attacker, Shift

_NODES = 2_000
"""Branches a solver may try: a bound that, unlike seconds, is the same on every machine."""


class Nearby:
    """Some cells and every sum that touches them; all other cells keep their true counts."""

    def __init__(self, attacker: Attacker, cells: Sequence[int]) -> None:
        equations = attacker.equations
        self._counts = equations.counts
        self._cells = sorted(cells)
        self._column = {cell: k for k, cell in enumerate(self._cells)}
        self._sums = [
            [(self._column[cell], sign) for cell, sign in equations.sums[each] if cell in self._column]
            for each in sorted({each for cell in cells for each, _ in equations.of[cell]})
        ]
        # Far above anything true, and small enough that the solver is exact.
        far = 4 * max(self._counts[cell] for cell in self._cells) + 100
        shifts = [
            (low - self._counts[cell], min(high, far) - self._counts[cell])
            for cell in self._cells
            for low, high in [attacker.ranges[cell]]
        ]
        self._low = np.array([low for low, _ in shifts], dtype=float)
        self._high = np.array([high for _, high in shifts], dtype=float)

    def extreme(self, cell: int, sign: int) -> Shift:
        """The largest (sign 1) or the smallest value found; no shift if the solver gave none."""
        aim = np.zeros(len(self._cells))
        aim[self._column[cell]] = -sign
        return self._solved(aim, self._low, self._high)

    def at(self, cell: int, value: int) -> Shift:
        """Numbers in which one cell has this value; no shift if there are none."""
        low, high = self._low.copy(), self._high.copy()
        column = self._column[cell]
        low[column] = high[column] = value - self._counts[cell]
        return self._solved(np.zeros(len(self._cells)), low, high)

    def _solved(self, aim: np.ndarray, low: np.ndarray, high: np.ndarray) -> Shift:
        found = milp(
            aim,
            integrality=np.ones(len(aim)),
            bounds=Bounds(low, high),
            constraints=LinearConstraint(self._matrix(), 0, 0) if self._sums else (),
            options={"node_limit": _NODES},
        )
        if found.x is None:
            return {}
        shift = np.rint(found.x)
        # The solver reckons in fractions; only what fits exactly is believed.
        if not ((low <= shift) & (shift <= high)).all() or not self._adds_up(shift):
            return {}
        return {cell: int(by) for cell, by in zip(self._cells, shift, strict=True) if by}

    def _adds_up(self, shift: np.ndarray) -> bool:
        return all(sum(sign * int(shift[k]) for k, sign in one) == 0 for one in self._sums)

    def _matrix(self) -> csr_array:
        rows = [(row, k, sign) for row, one in enumerate(self._sums) for k, sign in one]
        row, column, sign = zip(*rows, strict=True)
        return csr_array((sign, (row, column)), shape=(len(self._sums), len(self._cells)))
