"""What remains when every source is read, bucket by bucket: the same as
`livedo.sources.memory` does for a few patients, in columns."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from livedo.record.columns import FACT_TYPES, column, values_of
from livedo.record.spill import COUNTER
from livedo.record.tables import Instant
from livedo.sources.intake import NEWEST, PAST_ENDS, STAND_INS
from livedo.sources.series import far_values, has_series, intake_limits

PERSONAL = ("person_id", "lesion_id")
ROW_ORDER = ("person_id", "concept", "start_at", "fact_id")


class Kept:
    """Which resources and which people count."""

    def __init__(self, fates: bytearray) -> None:
        self._fates = pa.Array.from_buffers(
            pa.uint8(), len(fates), [None, pa.py_buffer(bytes(fates))]
        )
        self.has_lost_any = any(fates)

    def split(self, table: pa.Table) -> tuple[pa.Table, pa.Table]:
        """Rows of resources that count, and rows of duplicates and older versions."""
        if not self.has_lost_any or not table.num_rows:
            return table, table.slice(0, 0)
        fates = self._fates.take(table.column(COUNTER).combine_chunks())
        is_kept = pc.equal(fates, 0)
        return table.filter(is_kept), table.filter(pc.invert(is_kept))


def of_known_people(table: pa.Table, people: pa.Array) -> tuple[pa.Table, pa.Table]:
    """Rows about these people, and rows about others."""
    if not table.num_rows:
        return table, table
    is_known = pc.is_in(table.column("person_id").cast(pa.string()), people)
    if pc.all(is_known).as_py():
        return table, table.slice(0, 0)
    return table.filter(is_known), table.filter(pc.invert(is_known))


def newest_of(facts: pa.Table) -> Instant | None:
    """The newest moment these facts speak of."""
    moments = [_newest(facts.column("known_at"))]
    concepts = facts.column("concept")
    is_past = _matches(concepts, lambda concept: concept.startswith(PAST_DOMAINS))
    moments.append(_newest(facts.column("end_at").filter(is_past)))
    return max((moment for moment in moments if moment is not None), default=None)


PAST_DOMAINS = tuple(f"{domain}." for domain in PAST_ENDS)


def _newest(moments: pa.ChunkedArray) -> Instant | None:
    whole = moments.cast(pa.int64())
    found: Instant | None = pc.max(whole.filter(pc.less(whole, NEWEST))).as_py()
    return found


def _matches(words: pa.ChunkedArray, test: object) -> pa.ChunkedArray:
    """Which rows hold a word that passes the test; each word is tested once."""
    assert callable(test)
    distinct = pc.unique(words.cast(pa.string()))
    wanted = [word for word in values_of(distinct) if word is not None and test(word)]
    return pc.is_in(words.cast(pa.string()), pa.array(wanted, pa.string()))


def ordered(facts: pa.Table, newest: Instant | None) -> pa.Table:
    """The facts as they are stored: dates filled in, sorted, outliers marked."""
    return _marked(_sorted(_dated(facts, newest)).select(list(FACT_TYPES)))


def with_short_dictionaries(facts: pa.Table) -> pa.Table:
    """Words that differ from person to person as plain text: each row group then
    lists its own, not those of everyone in the bucket."""
    for name in PERSONAL:
        place = facts.column_names.index(name)
        facts = facts.set_column(place, name, facts.column(name).cast(pa.string()))
    return facts


def _dated(facts: pa.Table, newest: Instant | None) -> pa.Table:
    """The newest known moment in place of what stands for it."""
    stand_in = pa.scalar(NEWEST, pa.int64())
    for name in STAND_INS:
        moments = facts.column(name).cast(pa.int64())
        is_stand_in = pc.fill_null(pc.equal(moments, stand_in), False)
        if pc.any(is_stand_in).as_py():
            filled = pc.if_else(is_stand_in, pa.scalar(newest or 0, pa.int64()), moments)
            facts = facts.set_column(
                facts.column_names.index(name), name, filled.cast(pa.timestamp("us"))
            )
    return facts


def _sorted(facts: pa.Table) -> pa.Table:
    keys = pa.table(
        {
            "person_id": _ranks(facts.column("person_id")),
            "concept": _ranks(facts.column("concept")),
            "start_at": facts.column("start_at"),
            "fact_id": facts.column("fact_id"),
        }
    )
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in ROW_ORDER])
    return facts.take(order)


def _ranks(words: pa.ChunkedArray) -> pa.Array:
    """For each row the place of its word in alphabetical order (by code point)."""
    array = words.combine_chunks() if words.num_chunks != 1 else words.chunk(0)
    distinct = list(values_of(array.dictionary))
    place = {word: n for n, word in enumerate(sorted(distinct))}
    ranks = pa.array([place[word] for word in distinct], pa.int32())
    return ranks.take(array.indices)


def _marked(facts: pa.Table) -> pa.Table:
    """Marks results far from the person's own series."""
    flags = bytearray(facts.num_rows)
    for first, values, concept in _suspect_series(facts):
        bounds = far_values(concept, [v for v in values if v])
        if bounds is None:
            continue
        for n, value in enumerate(values, first):
            if value is not None and not bounds[0] <= value <= bounds[1]:
                flags[n] = 1
    if not any(flags):
        return facts
    marks = column([bool(flag) for flag in flags], pa.bool_())
    return facts.set_column(facts.column_names.index("is_query"), "is_query", marks)


def _suspect_series(facts: pa.Table) -> Iterator[tuple[int, list[float | None], str]]:
    """Series whose smallest and largest exact values are further apart than the
    least factor that counts: the others need no second look."""
    is_series = _matches(facts.column("concept"), has_series)
    is_exact = pc.fill_null(pc.equal(facts.column("low"), facts.column("high")), False)
    numbered = facts.select(["person_id", "concept", "low"])
    numbered = numbered.append_column("row", pa.array(range(facts.num_rows), pa.int64()))
    grouped = numbered.filter(pc.and_(is_series, is_exact)).group_by(["person_id", "concept"])
    how = [("low", "min"), ("low", "max"), ("low", "count"), ("row", "min"), ("row", "max")]
    wide = grouped.aggregate(how)
    wide = wide.filter(_is_wide(wide))
    names = ("concept", "row_min", "row_max")
    for concept, first, last in zip(*(values_of(wide.column(n)) for n in names), strict=True):
        values = values_of(facts.column("low").slice(first, last - first + 1))
        is_number = values_of(is_exact.slice(first, last - first + 1))
        yield first, [v if ok else None for v, ok in zip(values, is_number, strict=True)], concept


def _is_wide(series: pa.Table) -> pa.ChunkedArray:
    """Which series are long enough, with ends so far apart that one may be far from the middle."""
    limits = intake_limits().far_from_own_series
    concepts = series.column("concept").combine_chunks()
    of_word = [limits.factor_for(word) for word in values_of(concepts.dictionary)]
    factors = pa.array(of_word, pa.float64()).take(concepts.indices)
    is_wide = pc.greater(series.column("low_max"), pc.multiply(series.column("low_min"), factors))
    return pc.and_(is_wide, pc.greater_equal(series.column("low_count"), limits.min_results))


def widen(spans: dict[str, Instant], facts: pa.Table) -> None:
    """Moves the earliest beginning of each domain back to that of these facts."""
    if not facts.num_rows:
        return
    starts = facts.column("start_at").cast(pa.int64())
    table = pa.table({"concept": facts.column("concept"), "start": starts})
    earliest = table.group_by("concept").aggregate([("start", "min")])
    names = ("concept", "start_min")
    for concept, start in zip(*(values_of(earliest.column(n)) for n in names), strict=True):
        domain = concept.partition(".")[0]
        spans[domain] = min(spans.get(domain, start), start)


def names_by_ordinal(table: pa.Table, name: str) -> dict[int, str]:
    """The resources behind rows that do not count: ordinal and name."""
    if not table.num_rows:
        return {}
    rows = zip(values_of(table.column(COUNTER)), values_of(table.column(name)), strict=True)
    return dict(rows)
