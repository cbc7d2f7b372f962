"""What somebody who knows the rules can still not decide: values a count may have for all he knows.

A value is possible when whole numbers exist for all cells that fit every sum and everything
shown. Such numbers are found by moving from the true ones: one cell goes up or down by 1, and
the sums that break are mended with cells that have room. Where no move is found, a solver is
asked, and what it says is checked with whole numbers. A value counts only when its numbers are
at hand, so a search that ends early hides more and never less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from livedo.registry.equations import Equations

UNBOUNDED = 1 << 60
_MOST_MENDED = 400
"""Mending steps tried for one move."""
_MOST_WAYS = 12
"""Cells tried for mending one sum."""
_SOLVED_TOGETHER = 250
"""Cells that one call of the solver holds; those further away keep their true counts."""

Range = tuple[int, int]
Shift = Mapping[int, int]
"""By how much cells differ from their true counts."""


class Attacker:
    """One attacker: the range in which he knows each cell to lie, before he adds anything up."""

    def __init__(self, equations: Equations, ranges: list[Range]) -> None:
        self.equations = equations
        self.ranges = ranges
        self._seen: list[dict[int, Shift]] = [{count: {}} for count in equations.counts]
        self._noted: list[tuple[int, int]] | None = None

    def widen(self, cell: int, low: int, high: int) -> None:
        """He knows less of a cell from now on. What was possible stays possible."""
        self.ranges[cell] = (low, high)

    def leaves(self, cell: int, most: int) -> bool:
        """Whether at least so many values of a cell are possible for him."""
        seen = self._seen[cell]
        if len(seen) >= most:
            return True
        low, high = self._outer(cell)
        if high - low + 1 < most:
            return False
        self._climb(cell, 1, most)
        self._climb(cell, -1, most)
        if len(seen) < most:
            self._solve(cell, most)
        return len(seen) >= most

    def leaves_if_hidden(self, cell: int, most: int, other: int, low: int, high: int) -> bool:
        """The same, if he knew less of another cell. Nothing is kept."""
        before, self._noted = self.ranges[other], []
        self.ranges[other] = (low, high)
        try:
            return self.leaves(cell, most)
        finally:
            for one, value in self._noted:
                del self._seen[one][value]
            self.ranges[other], self._noted = before, None

    def _note(self, shift: Shift) -> None:
        for cell, by in shift.items():
            value = self.equations.counts[cell] + by
            if value not in self._seen[cell]:
                self._seen[cell][value] = shift
                if self._noted is not None:
                    self._noted.append((cell, value))

    def _climb(self, cell: int, step: int, most: int) -> None:
        """Moves one cell up or down by 1 until enough values are known or it will not go."""
        seen = self._seen[cell]
        while len(seen) < most:
            end = max(seen) if step > 0 else min(seen)
            moved = _Move(self, cell, step, seen[end]).made()
            if moved is None:
                return
            self._note(moved)

    def _outer(self, cell: int) -> Range:
        """A range outside of which the cell cannot be, from the sums nearby."""
        equations = self.equations
        near = {each for one, _ in _first(equations.around(cell), 60) for each, _ in equations.of[one]}
        known: dict[int, Range] = {}
        for _ in range(3):
            for each in sorted(near):
                self._narrow(equations.sums[each], known)
        return known.get(cell, self.ranges[cell])

    def _narrow(self, members: tuple[tuple[int, int], ...], known: dict[int, Range]) -> None:
        ranges = [known.get(cell, self.ranges[cell]) for cell, _ in members]
        signed = [r if sign > 0 else (-r[1], -r[0]) for r, (_, sign) in zip(ranges, members, strict=True)]
        low, high = sum(r[0] for r in signed), sum(r[1] for r in signed)
        for (cell, sign), own, (least, most) in zip(members, ranges, signed, strict=True):
            # The signed values add up to 0, so each is what the others leave.
            down, up = -(high - most), -(low - least)
            down, up = (down, up) if sign > 0 else (-up, -down)
            known[cell] = (max(own[0], down), min(own[1], up))

    def _solve(self, cell: int, most: int) -> None:
        from livedo.registry.whole_numbers import Nearby

        near = Nearby(self, [one for one, _ in _first(self.equations.around(cell), _SOLVED_TOGETHER)])
        seen = self._seen[cell]
        for end in (near.extreme(cell, 1), near.extreme(cell, -1)):
            self._note(end)
        for value in range(min(seen) + 1, max(seen)):
            if len(seen) >= most:
                return
            if value not in seen:
                self._note(near.at(cell, value))


def _first(around: Iterator[tuple[int, int]], most: int) -> Iterator[tuple[int, int]]:
    for _, one in zip(range(most), around, strict=False):
        yield one


class _Move:
    """One cell goes up or down by 1 and every sum that breaks is mended."""

    def __init__(self, attacker: Attacker, cell: int, step: int, start: Shift) -> None:
        self._attacker, self._equations = attacker, attacker.equations
        self._start = start
        self._cell, self._step = cell, step
        self._changed: dict[int, int] = {}
        self._broken: dict[int, int] = {}
        self._left = _MOST_MENDED

    def made(self) -> Shift | None:
        """By how much every cell differs from its true count afterwards; None if none was found."""
        if not self._has_room(self._cell, self._step):
            return None
        self._change(self._cell, self._step)
        if not self._mend():
            return None
        total = dict(self._start)
        for cell, by in self._changed.items():
            total[cell] = total.get(cell, 0) + by
        return total

    def _has_room(self, cell: int, by: int) -> bool:
        low, high = self._attacker.ranges[cell]
        return low <= self._equations.counts[cell] + self._start.get(cell, 0) + by <= high

    def _change(self, cell: int, by: int) -> None:
        self._changed[cell] = by
        self._shift_sums(cell, by)

    def _undo(self, cell: int) -> None:
        self._shift_sums(cell, -self._changed.pop(cell))

    def _shift_sums(self, cell: int, by: int) -> None:
        for each, sign in self._equations.of[cell]:
            off = self._broken.get(each, 0) + sign * by
            if off:
                self._broken[each] = off
            else:
                del self._broken[each]

    def _mend(self) -> bool:
        if not self._broken:
            return True
        if self._left == 0:
            return False
        self._left -= 1
        each = min(self._broken, key=lambda one: (len(self._equations.sums[one]), one))
        for _, cell, by in self._ways(each):
            self._change(cell, by)
            if self._mend():
                return True
            self._undo(cell)
        return False

    def _ways(self, each: int) -> list[tuple[int, int, int]]:
        """Cells that can mend this sum: first those that break the fewest others."""
        off = self._broken[each]
        ways = []
        for cell, sign in self._equations.sums[each]:
            by = -off * sign
            if cell not in self._changed and self._has_room(cell, by):
                ways.append((self._broken_after(cell, by), cell, by))
        return sorted(ways)[:_MOST_WAYS]

    def _broken_after(self, cell: int, by: int) -> int:
        """How many more sums are broken than mended."""
        more = 0
        for each, sign in self._equations.of[cell]:
            off = self._broken.get(each, 0)
            more += (off + sign * by != 0) - (off != 0)
        return more
