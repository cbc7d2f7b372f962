"""What somebody who knows the rules can still not decide: values a count may have for all he knows.

A value is possible when whole numbers exist for all cells that fit every sum and everything
shown. A value counts only when such numbers are at hand, so a search that ends early hides more
and never less. One call of the solver finds other values for many cells at once; only what is
left after that is asked cell by cell.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence

from livedo.registry.equations import Equations
from livedo.registry.whole_numbers import Program, Range, Shift

UNBOUNDED = 1 << 60
_SEED = 7
_AIMS = (-3, -2, -1, 1, 2, 3)
"""Up or down and how dearly, drawn by lot, the same each time: what moves against one another
in one round does not in the next."""
_IDLE_ROUNDS = 4
"""Rounds without a new value before cells are asked one by one."""


class Attacker:
    """One attacker: the range in which he knows each cell to lie, before he adds anything up.

    `weaker` are attackers who know no more than he does: what is possible for him is for them.
    """

    def __init__(
        self,
        equations: Equations,
        ranges: list[Range],
        least: int,
        weaker: Sequence[Attacker] = (),
    ) -> None:
        self.ranges = ranges
        self.least = least
        """So many values of a count must be possible."""
        self._counts = equations.counts
        self._seen = [{count} for count in equations.counts]
        self._weaker = weaker

    def leaves_enough(self, cell: int) -> bool:
        """Whether enough values of a cell are known to be possible."""
        return len(self._seen[cell]) >= self.least

    def survey(self, program: Program, cells: Sequence[int]) -> None:
        """Looks for values of many cells at once, until rounds bring nothing new."""
        narrow = [cell for cell in cells if not self.leaves_enough(cell)]
        lots = random.Random(_SEED)
        idle = 0
        while narrow and idle < _IDLE_ROUNDS:
            aim = {cell: lots.choice(_AIMS) for cell in narrow}
            self._note(program.solved(self.ranges, aim, self.least))
            left = [cell for cell in narrow if not self.leaves_enough(cell)]
            idle = idle + 1 if len(left) == len(narrow) else 0
            narrow = left

    def examine(self, program: Program, cell: int) -> bool:
        """Whether enough values of one cell are possible, looked for until there are no others."""
        while not self.leaves_enough(cell):
            shift = self._other_value(program, cell, self._seen[cell], self.ranges)
            if not shift:
                return False
            self._note(shift)
        return True

    def in_the_way(
        self, program: Program, cell: int, loose: Mapping[int, tuple[Range, int]]
    ) -> list[int]:
        """The cheapest cells whose hiding gives one cell another value; empty if none was found.

        `loose` holds, for each cell that may be hidden, the range it would have and its price.
        """
        values = list(_between(self._seen[cell], self.ranges[cell]))
        for near in program.around(cell):
            ways = [near.cheapest(self.ranges, cell, one, loose) for one in values]
            if found := [way for way in ways if way]:
                return min(found)[1]
        return []

    def _note(self, shift: Shift) -> None:
        for attacker in (self, *self._weaker):
            for cell, by in shift.items():
                attacker._seen[cell].add(self._counts[cell] + by)

    def _other_value(
        self, program: Program, cell: int, seen: set[int], ranges: list[Range]
    ) -> Shift:
        """Numbers that fit and in which the cell has a value not seen yet; nothing if none."""
        for near in program.around(cell, is_growing=False):
            for values in _between(seen, ranges[cell]):
                tried = [*ranges]
                tried[cell] = values
                shift = near.solved(tried, {}, UNBOUNDED)
                if shift:
                    return shift
        return {}


def _between(seen: set[int], range: Range) -> Iterator[Range]:
    """What is above, below and between the values seen, and in the range."""
    known = sorted(seen)
    yield from ((low, high) for low, high in [(known[-1] + 1, range[1])] if low <= high)
    yield from ((low, high) for low, high in [(range[0], known[0] - 1)] if low <= high)
    for one, next_one in itertools.pairwise(known):
        if next_one - one > 1:
            yield (one + 1, next_one - 1)
