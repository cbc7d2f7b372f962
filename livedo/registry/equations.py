"""The counts of a report and the sums that tie them together, as one system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec


class Sum(msgspec.Struct, frozen=True, order=True):
    """A total and the parts that add up to it exactly: everybody, women, men, sex unknown.

    One part, or the total, may be a count that is printed nowhere: whoever subtracts can work
    it out, so it is protected as well.
    """

    total: str
    parts: tuple[str, ...]


def nested(whole: str, part: str) -> Sum:
    """One group inside another: suspected and probable. Who is only in the larger is implied."""
    return Sum(whole, (part, f"{whole} without {part}"))


class Equations:
    """True counts by number of cell, and for every sum its cells with their signs.

    Cells are numbered in the order of their ids, sums sorted, so that nothing depends on the
    order in which they were given. A cell of 0 is shown as 0, so it plays no part.
    """

    def __init__(self, cells: Mapping[str, int], sums: Sequence[Sum]) -> None:
        everything = _with_implied(cells, sums)
        self.ids = sorted(everything)
        self.counts = [everything[id] for id in self.ids]
        self.is_printed = [id in cells for id in self.ids]
        number = {id: k for k, id in enumerate(self.ids)}
        self.sums: list[tuple[tuple[int, int], ...]] = []
        self.of: list[list[tuple[int, int]]] = [[] for _ in self.ids]
        for one in sorted({Sum(s.total, tuple(sorted(s.parts))) for s in sums}):
            self._add(number[one.total], [number[part] for part in one.parts])

    def _add(self, total: int, parts: Sequence[int]) -> None:
        signed = [(total, 1)] + [(part, -1) for part in parts]
        kept = tuple((cell, sign) for cell, sign in signed if not self._is_fixed(cell))
        for cell, sign in kept:
            self.of[cell].append((len(self.sums), sign))
        self.sums.append(kept)

    def _is_fixed(self, cell: int) -> bool:
        return self.counts[cell] == 0 and self.is_printed[cell]

    def components(self) -> Iterator[set[int]]:
        """The cells that are tied to one another by sums, component by component."""
        left = [cell for cell in range(len(self.ids)) if self.of[cell]]
        reached: set[int] = set()
        for cell in left:
            if cell not in reached:
                component = {one for one, _ in self.around(cell)}
                reached |= component
                yield component

    def around(self, cell: int) -> Iterator[tuple[int, int]]:
        """Every cell tied to this one and how many sums away it is, nearest first."""
        distance = {cell: 0}
        seen_sums: set[int] = set()
        ring = [cell]
        while ring:
            yield from ((one, distance[one]) for one in ring)
            following: list[int] = []
            for one in ring:
                for each, _ in self.of[one]:
                    if each not in seen_sums:
                        seen_sums.add(each)
                        new = [other for other, _ in self.sums[each] if other not in distance]
                        distance.update((other, distance[one] + 1) for other in new)
                        following += new
            ring = sorted(following)


def _with_implied(cells: Mapping[str, int], sums: Sequence[Sum]) -> dict[str, int]:
    """The cells and those that follow from them; raises ValueError where a sum is wrong."""
    known = dict(cells)
    if any(count < 0 for count in known.values()):
        raise ValueError("a count is negative")
    waiting = sorted(sums)
    while waiting:
        left = [one for one in waiting if not _settled(one, known)]
        if len(left) == len(waiting):
            raise ValueError(f"more than one count is missing: {waiting[0].total}")
        waiting = left
    return known


def _settled(one: Sum, known: dict[str, int]) -> bool:
    """Fills in the one count that is missing. False if more than one is."""
    ids = (one.total, *one.parts)
    if len(set(ids)) != len(ids):
        raise ValueError(f"a count stands twice in one sum: {one.total}")
    missing = [id for id in ids if id not in known]
    if len(missing) > 1:
        return False
    parts = sum(known.get(part, 0) for part in one.parts)
    if missing == [one.total]:
        known[one.total] = parts
    elif missing:
        known[missing[0]] = known[one.total] - parts
    if (
        known[one.total] != sum(known[part] for part in one.parts)
        or min(known[id] for id in ids) < 0
    ):
        raise ValueError(f"the parts do not add up to the total: {one.total}")
    return True
