"""The laboratory table: twelve months of each analyte, in both systems of units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from livedo.act.facts_in_words import FactWords
from livedo.act.page import LabRow, load_page
from livedo.act.pairs import products
from livedo.act.quantities_in_words import Amount
from livedo.act.result import LabLine, LabPoint
from livedo.act.rule_book import Limit, RuleBook
from livedo.instants import DAY
from livedo.quantity import exceeds
from livedo.record.tables import Fact, Instant, PatientRecord

MONTHS = 12
SERIES_DAYS = 366

Flag = Literal["above", "below", "within", "unknown", "none"]


class Bounds(NamedTuple):
    """What is free of a target, in the canonical unit; None is open."""

    low: float | None
    high: float | None


class Target:
    """What the rules leave free for an analyte."""

    def __init__(self, row: LabRow, book: RuleBook, words: FactWords) -> None:
        self._words = words
        self._concept = row.concept
        self._upper = book.limits(row.above, row.concept, upper=True) if row.above else ()
        self._lower = book.limits(row.below, row.concept, upper=False) if row.below else ()
        self.rules = tuple(dict.fromkeys(limit.rule for limit in (*self._lower, *self._upper)))
        windows = [book.window_days(rule, row.concept) for rule in (row.above, row.below) if rule]
        self.within_days = max((days for days in windows if days is not None), default=None)

    def bounds(self, fact: Fact | None) -> Bounds:
        """The target for a result; some depend on the limits printed with it."""
        return Bounds(self._canonical(self._lower, fact), self._canonical(self._upper, fact))

    def _canonical(self, limits: tuple[Limit, ...], fact: Fact | None) -> float | None:
        if not limits:
            return None
        limit = limits[0]
        if limit.times_upper_limit is not None:
            printed = None if fact is None else fact.ref_high
            return None if printed is None else printed * limit.times_upper_limit
        units = self._words.knowledge.vocabulary.units
        value, unit = units.parse(limit.text or "")
        return units.to_canonical(self._concept, value, unit)

    def flag(self, fact: Fact) -> Flag:
        """Whether a value lies outside; a bound that leaves it open is unknown."""
        target = self.bounds(fact)
        if target.high is None and target.low is None:
            return "none"
        if fact.low is None and fact.high is None:
            return "unknown"
        if _is_above(fact.low, target.high):
            return "above"
        if _is_above(target.low, fact.high):
            return "below"
        is_open = _may_be_above(fact.high, target.high) or _may_be_below(fact.low, target.low)
        return "unknown" if is_open else "within"

    def text(self, fact: Fact | None) -> Amount:
        """to 1.78; from 35; 2.10–2.50, in both systems."""
        target = self.bounds(fact)
        amount = self._words.quantities.amount
        low = amount(self._concept, target.low, target.low) or Amount(si="")
        high = amount(self._concept, target.high, target.high) or Amount(si="")
        return Amount(
            si=self._range(low.si, high.si),
            conventional=self._range(low.conventional, high.conventional),
        )

    def _range(self, low: str, high: str) -> str:
        numbers = [text.partition(" ")[0] for text in (low, high) if text]
        if low and high:
            return self._words.text("lab.between", low=numbers[0], high=numbers[1])
        if high:
            return self._words.text("lab.to", high=numbers[0])
        return self._words.text("lab.from", low=numbers[0]) if low else ""


def _is_above(a: float | None, b: float | None) -> bool:
    """Whether `a` surely exceeds `b`."""
    return a is not None and b is not None and exceeds(a, b)


def _may_be_above(a: float | None, b: float | None) -> bool:
    """Whether `a`, where None is open, may exceed a limit `b`, where None is no limit."""
    return b is not None and (a is None or exceeds(a, b))


def _may_be_below(a: float | None, b: float | None) -> bool:
    """Whether `a`, where None is open, may lie below a limit `b`, where None is no limit."""
    return b is not None and (a is None or exceeds(b, a))


class LabTable:
    """Makes the rows of the table for one patient after the other."""

    def __init__(self, book: RuleBook, words: FactWords) -> None:
        self.words = words
        self.rows = [(row, Target(row, book, words)) for row in load_page().labs]
        self.pairing = {
            row.paired_by: rule
            for row, _ in self.rows
            if row.paired_by and (rule := book.pairing(row.paired_by)) is not None
        }

    def lines(self, record: PatientRecord, as_of: Instant) -> tuple[LabLine, ...]:
        """One line an analyte, in the order of the page."""
        return tuple(self._lines(record, as_of))

    def _lines(self, record: PatientRecord, as_of: Instant) -> Iterator[LabLine]:
        known = [f for f in record.facts if f.known_at <= as_of and f.start_from <= as_of]
        for row, target in self.rows:
            facts = self._series(row, known)
            if facts or not row.when_present:
                yield self._line(row, target, facts, as_of)

    def _series(self, row: LabRow, known: Sequence[Fact]) -> list[Fact]:
        """The results of one row, oldest first: those reported, or pairs worked out."""
        rule = self.pairing.get(row.paired_by or "")
        if rule is not None:
            return products(known, rule, row.concept)
        own = [fact for fact in known if fact.concept == row.concept]
        return sorted(own, key=lambda fact: (fact.start_at, fact.fact_id))

    def _line(self, row: LabRow, target: Target, facts: Sequence[Fact], as_of: Instant) -> LabLine:
        quantities = self.words.quantities
        latest = facts[-1] if facts else None
        age = None if latest is None else self.words.dates.days_between(latest.start_at, as_of)
        is_too_old = age is not None and target.within_days is not None and age > target.within_days
        flag: Flag = "unknown"
        if latest is not None and not is_too_old:
            flag = target.flag(latest)
        amount = self._amount(latest)
        in_words, bounds = target.text(latest), target.bounds(latest)
        points = tuple(self._points(target, facts, as_of))
        return LabLine(
            concept=row.concept,
            label=self._label(row),
            unit=quantities.canonical_unit(row.concept),
            unit_conventional=quantities.conventional_unit(row.concept),
            points=points,
            months=self._months(points, as_of),
            latest_si=amount.si,
            latest_conventional=amount.conventional,
            latest_on="" if latest is None else self.words.when(latest, as_of),
            age_days=age,
            is_too_old=is_too_old,
            target=in_words.si,
            target_conventional=in_words.conventional,
            target_low=bounds.low,
            target_high=bounds.high,
            target_rules=target.rules,
            flag=flag,
            flag_text=self._flag_text(flag, latest, is_too_old=is_too_old),
            is_paired=row.paired_by is not None,
            name=self.words.name(row.concept),
        )

    def _label(self, row: LabRow) -> str:
        name = self.words.name(row.concept)
        if row.paired_by is None:
            return name
        return self.words.wording.text("patient_page.labs.worked_out", what=name)

    def _amount(self, fact: Fact | None) -> Amount:
        if fact is None:
            return Amount(si="")
        return self.words.amount(fact) or Amount(si=self.words.interpretation(fact))

    def _flag_text(self, flag: Flag, latest: Fact | None, *, is_too_old: bool) -> str:
        if latest is None:
            return self.words.text("lab.never")
        if is_too_old:
            return self.words.text("lab.too_old")
        return self.words.text(f"lab.{flag}") if flag in {"above", "below"} else ""

    def _points(self, target: Target, facts: Sequence[Fact], as_of: Instant) -> Iterator[LabPoint]:
        for fact in facts:
            value = fact.low if fact.low is not None else fact.high
            if value is None or fact.start_at < as_of - SERIES_DAYS * DAY:
                continue
            yield LabPoint(
                at=fact.start_at,
                on=self.words.dates.span(fact.start_from, fact.start_at),
                value=value,
                value_conventional=self.words.quantities.conventional_value(fact.concept, value),
                is_outside=target.flag(fact) in {"above", "below"},
                is_bound=fact.low != fact.high,
                is_query=fact.is_query,
            )

    def _months(self, points: Sequence[LabPoint], as_of: Instant) -> tuple[float | None, ...]:
        today = self.words.dates.local_day(as_of)
        newest: list[float | None] = [None] * MONTHS
        for point in points:
            day = self.words.dates.local_day(point.at)
            back = (today.year - day.year) * 12 + today.month - day.month
            if 0 <= back < MONTHS:
                newest[MONTHS - 1 - back] = point.value
        return tuple(newest)
