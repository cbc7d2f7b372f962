"""Invented tables, and an attacker who shares no line with the code that he attacks.

He knows: 1 to 7 hidden, 0 shown as 0, the rest to the nearest 5, what is shown, every sum. He
narrows ranges and tries values, one cell after the other, until whole numbers fit everything;
where that takes too long he asks a solver about the whole table.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence

from livedo.registry.disclosure import Sum, nested
from livedo.registry.small_numbers import HIDDEN, Count

FAR = 10_000
ROUNDS = 50
"""Times every sum is looked at; wide ranges may shrink by one each time for very long."""
PATIENCE = 60
"""Steps of the search before the solver is asked."""
Table = tuple[dict[str, int], list[Sum]]
Ranges = dict[str, tuple[int, int]]


def counts(lots: random.Random, size: int) -> list[int]:
    """Counts as a register has them: many small, some none, a few large."""
    usual = lots.choice(
        [(0, 1, 2, 3, 5, 8, 9, 13, 40), (0, 0, 1, 4, 7, 8, 8, 12), (6, 7, 8, 9, 10)]
    )
    return [lots.choice(usual) for _ in range(size)]


def margins(cells: dict[str, int], name: str, rows: int, columns: int) -> list[Sum]:
    """Adds the totals of a table by row and by column, and says how they come about."""
    at = {(r, c): f"{name}.{r}.{c}" for r in range(rows) for c in range(columns)}
    sums = [Sum(f"{name}.row{r}", tuple(at[r, c] for c in range(columns))) for r in range(rows)]
    sums += [Sum(f"{name}.col{c}", tuple(at[r, c] for r in range(rows))) for c in range(columns)]
    for one in sums:
        cells[one.total] = sum(cells[part] for part in one.parts)
    for ends in ("row", "col"):
        parts = tuple(one.total for one in sums if one.total.startswith(f"{name}.{ends}"))
        cells[f"{name}.all"] = sum(cells[part] for part in parts)
        sums.append(Sum(f"{name}.all", parts))
    return sums


def table(lots: random.Random) -> Table:
    """One table with its margins."""
    rows, columns = lots.randint(1, 4), lots.randint(2, 4)
    places = itertools.product(range(rows), range(columns))
    numbers = counts(lots, rows * columns)
    cells = {f"a.{r}.{c}": n for (r, c), n in zip(places, numbers, strict=True)}
    return cells, margins(cells, "a", rows, columns)


def nested_tables(lots: random.Random) -> Table:
    """The same table under two definitions, the second inside the first."""
    rows, columns = lots.randint(1, 3), lots.randint(2, 3)
    cells: dict[str, int] = {}
    for (r, c), n in zip(
        itertools.product(range(rows), range(columns)), counts(lots, rows * columns), strict=True
    ):
        cells[f"a.{r}.{c}"] = n
        cells[f"b.{r}.{c}"] = max(0, n - lots.choice([0, 0, 1, 2, n // 2, n]))
    sums = margins(cells, "a", rows, columns) + margins(cells, "b", rows, columns)
    return cells, sums + [nested(a, f"b{a[1:]}") for a in list(cells) if a.startswith("a.")]


def regrouped(lots: random.Random) -> Table:
    """The same people in groups twice over, and one group that is printed nowhere."""
    size = lots.randint(4, 7)
    cells = {f"p{k}": n for k, n in enumerate(counts(lots, size))}
    parts = list(cells)
    sums = [Sum("all", tuple(parts))]
    for name, cut in (("x", lots.randint(1, size - 1)), ("y", lots.randint(1, size - 1))):
        lots.shuffle(parts)
        pieces = {f"{name}0": tuple(parts[:cut]), f"{name}1": tuple(parts[cut:])}
        sums += [Sum(group, members) for group, members in pieces.items()]
        sums.append(Sum("all", tuple(pieces)))
    for one in [*sums[1:3], *sums[4:6], sums[0]]:
        cells[one.total] = sum(cells[part] for part in one.parts)
    cells.pop(lots.choice(["p0", "x1", "y0"]))
    return cells, sums


def tables(number: int) -> Iterator[Table]:
    """So many tables, the same ones each time."""
    kinds = (table, nested_tables, regrouped)
    for k in range(number):
        yield kinds[k % 3](random.Random(k))


def everything(cells: Mapping[str, int], sums: Sequence[Sum]) -> dict[str, int]:
    """The true counts, with those that are printed nowhere."""
    known = dict(cells)
    while missing := {id for one in sums for id in (one.total, *one.parts)} - set(known):
        for one in sums:
            absent = [id for id in (one.total, *one.parts) if id in missing]
            if absent == [one.total]:
                known[one.total] = sum(known[part] for part in one.parts)
            elif len(absent) == 1:
                known[absent[0]] = known[one.total] - sum(known.get(part, 0) for part in one.parts)
            missing -= set(known)
    return known


def known_of(shown: Count) -> tuple[int, int]:
    """What is known of a count before anything is added up."""
    if shown is HIDDEN:
        return (1, FAR)
    assert isinstance(shown, int)
    return (0, 0) if shown == 0 else (max(8, shown - 2), shown + 2)


def narrowed(ranges: Ranges, sums: Sequence[Sum]) -> Ranges | None:
    """Ranges after adding and subtracting over and over; None if nothing fits."""
    ranges = dict(ranges)
    for _ in range(ROUNDS):
        before = dict(ranges)
        for one in sums:
            low = sum(ranges[part][0] for part in one.parts)
            high = sum(ranges[part][1] for part in one.parts)
            least, most = ranges[one.total]
            ranges[one.total] = (max(least, low), min(most, high))
            for part in one.parts:
                down, up = ranges[part]
                rest = (low - down, high - up)
                ranges[part] = (max(down, least - rest[1]), min(up, most - rest[0]))
        if any(low > high for low, high in ranges.values()):
            return None
        if before == ranges:
            break
    return ranges


def fits(ranges: Ranges, sums: Sequence[Sum]) -> bool:
    """Whether whole numbers within these ranges fit all sums."""
    found = searched(ranges, sums, itertools.count())
    return solved(ranges, sums) if found is None else found


def searched(ranges: Ranges, sums: Sequence[Sum], steps: Iterator[int]) -> bool | None:
    """Range by range, halving; None where that takes too long."""
    found = narrowed(ranges, sums)
    if found is None:
        return False
    open_cells = [id for id, (low, high) in found.items() if low < high]
    if not open_cells:
        return True
    if next(steps) > PATIENCE:
        return None
    cell = min(open_cells, key=lambda id: (found[id][1] - found[id][0], id))
    low, high = found[cell]
    middle = (low + min(high, low + 40)) // 2
    below = searched({**found, cell: (low, middle)}, sums, steps)
    return (
        below
        if below or below is None
        else searched({**found, cell: (middle + 1, high)}, sums, steps)
    )


def solved(ranges: Ranges, sums: Sequence[Sum]) -> bool:
    """The same by a solver, its answer checked in whole numbers."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    ids = list(ranges)
    ties = np.zeros((len(sums), len(ids)))
    for row, one in enumerate(sums):
        ties[row, ids.index(one.total)] = 1
        ties[row, [ids.index(part) for part in one.parts]] = -1
    low, high = np.array([ranges[id] for id in ids], dtype=float).T
    found = milp(
        np.ones(len(ids)),
        integrality=np.ones(len(ids)),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(ties, 0, 0),
    ).x
    if found is None:
        return False
    numbers = np.rint(found)
    return not (ties @ numbers).any() and bool(((low <= numbers) & (numbers <= high)).all())


def possible(id: str, truth: int, ranges: Ranges, sums: Sequence[Sum], enough: int = 3) -> set[int]:
    """Values that a cell may have for all that is known; the search ends when there are enough."""
    outer = narrowed(ranges, sums)
    assert outer is not None, "what is shown contradicts itself"
    low, high = outer[id]
    found: set[int] = set()
    for value in sorted(range(low, min(high, truth + 40) + 1), key=lambda v: (abs(v - truth), v)):
        if len(found) >= enough:
            break
        if fits({**outer, id: (value, value)}, sums):
            found.add(value)
    return found
