"""Whole numbers that fit every sum, by scipy's HiGHS; each answer is checked exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from livedo.registry.equations import Equations

_BEST = {"node_limit": 200}
_ENOUGH = {"node_limit": 200, "mip_rel_gap": 0.3}
"""When the solver stops: by branches, which unlike seconds are the same on every machine, and
where any other numbers that fit will do, as soon as it is not far from the best."""

_NEAREST = 300
"""Cells of the smallest program around a cell."""

Range = tuple[int, int]
Shift = dict[int, int]
"""By how much cells differ from their true counts; cells that do not are left out."""


class Program:
    """Some cells and all sums that touch them; unknown is how far each is off.

    Cells of the same component that are not among them keep their true counts.
    """

    def __init__(self, equations: Equations, cells: Sequence[int]) -> None:
        self._equations = equations
        self.cells = sorted(cells)
        self._column = {cell: k for k, cell in enumerate(self.cells)}
        self._counts = np.array([equations.counts[cell] for cell in self.cells], dtype=float)
        sums = sorted({each for cell in self.cells for each, _ in equations.of[cell]})
        signs = [
            (row, self._column[cell], sign)
            for row, each in enumerate(sums)
            for cell, sign in equations.sums[each]
            if cell in self._column
        ]
        row, column, sign = (np.array(one, dtype=int) for one in zip(*signs, strict=True))
        self._matrix = csr_array((sign, (row, column)), shape=(len(sums), len(self.cells)))
        # Far above anything true, and small enough that the solver is exact.
        self.far = 4 * int(self._counts.max()) + 100

    def around(self, cell: int, *, is_growing: bool = True) -> Iterator[Program]:
        """A program of the cells nearest to one, then larger ones, and at last this one itself."""
        nearest = [one for one, _ in self._equations.around(cell)]
        size = _NEAREST
        while size < len(self.cells):
            yield Program(self._equations, nearest[:size])
            size = 2 * size if is_growing else len(self.cells)
        yield self

    def solved(self, ranges: Sequence[Range], aim: Mapping[int, int], reach: int) -> Shift:
        """The shift that moves furthest along the aim, no cell by more than `reach`.

        Nothing moves if the solver finds nothing, or if what it found does not fit exactly.
        """
        low, high = self._room([ranges[cell] for cell in self.cells])
        weights = np.zeros(len(self.cells))
        for cell, weight in aim.items():
            weights[self._column[cell]] = -weight
        low, high = np.maximum(low, -reach), np.minimum(high, reach)
        shift = _solution(weights, low, high, self._matrix, _ENOUGH)
        if shift is None:
            return {}
        return {self.cells[k]: int(shift[k]) for k in np.flatnonzero(shift)}

    def cheapest(
        self,
        ranges: Sequence[Range],
        cell: int,
        values: Range,
        loose: Mapping[int, tuple[Range, int]],
    ) -> tuple[int, list[int]] | None:
        """Which cells must leave their ranges, into looser ones, for a cell to have a value.

        Their price and the cells, as cheap as was found: a step outside costs a cell's price.
        """
        within = [values if one == cell else ranges[one] for one in self.cells]
        outer = [
            loose[one][0] if one in loose else r for one, r in zip(self.cells, within, strict=True)
        ]
        (low, high), (least, most) = self._room(within), self._room(outer)
        size = len(self.cells)
        prices = np.array([float(loose[one][1]) if one in loose else 0.0 for one in self.cells])
        shift = _solution(
            np.concatenate([np.zeros(size), prices, prices]),
            np.concatenate([low, np.zeros(2 * size)]),
            np.concatenate([high, most - high, low - least]),
            hstack([self._matrix, self._matrix, -self._matrix]).tocsr(),
            _BEST,
        )
        if shift is None:
            return None
        outside = shift[size : 2 * size] + shift[2 * size :]
        out = [self.cells[k] for k in np.flatnonzero(outside)]
        return int(prices @ outside), out

    def _room(self, ranges: Sequence[Range]) -> tuple[np.ndarray, np.ndarray]:
        """How far each cell may go down and up."""
        low, high = np.array([(low, min(high, self.far)) for low, high in ranges], dtype=float).T
        return low - self._counts, high - self._counts


def _solution(
    weights: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    matrix: csr_array,
    options: Mapping[str, float],
) -> np.ndarray | None:
    """Whole numbers within bounds that the sums turn to zero; None if none were found."""
    found = milp(
        weights,
        integrality=np.ones(len(weights)),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(matrix, 0, 0),
        options=dict(options),
    )
    if found.x is None:
        return None
    # The solver reckons in fractions; only whole numbers that fit exactly are believed.
    shift = np.rint(found.x).astype(np.int64)
    fits = not ((shift < low).any() or (shift > high).any() or (matrix @ shift).any())
    return shift if fits else None
