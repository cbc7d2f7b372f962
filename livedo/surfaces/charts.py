"""Geometry of the small figures: numbers in, SVG paths out. Words and colours are elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from livedo import instants
from livedo.act.result import DrugLine, LabLine, LabPoint
from livedo.record.tables import Instant

LEFT, RIGHT, TOP, BOTTOM = 38.0, 356.0, 10.0, 104.0
YEAR_DAYS = 365
EPOCH = date(1970, 1, 1)
MOST_POINTS = 120
TICKS = 4
MOST_DIGITS = 12
NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

BAR_LEFT, BAR_RIGHT, ROW = 200.0, 812.0, 25.0
BAR_HEIGHT = {"danger": 13.0, "risk": 9.0, "neutral": 3.0}


@dataclass(frozen=True)
class Label:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class LabChart:
    """One analyte over twelve months."""

    line: LabLine
    grid: str
    left: tuple[Label, ...]
    right: tuple[Label, ...]
    months: tuple[Label, ...]
    band: str
    path: str
    points: str
    outside: str
    bounds: str
    gap: str
    gap_middle: float


@dataclass(frozen=True)
class Scale:
    """Values to heights."""

    low: float
    high: float
    step: float

    def y(self, value: float) -> float:
        """The height of a value; values beyond the scale stay at its edge."""
        share = (value - self.low) / (self.high - self.low)
        return BOTTOM - min(1.0, max(0.0, share)) * (BOTTOM - TOP)

    @property
    def ticks(self) -> list[float]:
        """Round values from low to high."""
        count = round((self.high - self.low) / self.step)
        return [self.low + n * self.step for n in range(count + 1)]


def lab_chart(line: LabLine, as_of: Instant, months: Sequence[str], decimal: str) -> LabChart:
    """The figure of one analyte."""
    start = as_of - YEAR_DAYS * instants.DAY
    recent = [point for point in line.points if start <= point.at <= as_of]
    shown = thinned(recent)
    scale = scale_for(line, [point.value for point in recent])

    def x(at: Instant) -> float:
        return LEFT + (at - start) / (as_of - start) * (RIGHT - LEFT)

    ratio = conversion(line)
    gap_from = x(recent[-1].at) if recent and line.is_too_old else RIGHT
    places = [(x(point.at), scale.y(point.value), point) for point in shown]
    return LabChart(
        line=line,
        grid="".join(f"M{LEFT:g} {scale.y(tick):.1f}H{RIGHT:g}" for tick in scale.ticks),
        left=axis_labels(scale, 1.0, LEFT - 5, decimal),
        right=axis_labels(scale, ratio, RIGHT + 6, decimal) if ratio else (),
        months=month_labels(start, as_of, x, months),
        band=band(line, scale),
        path="M" + "L".join(f"{px:.1f} {py:.1f}" for px, py, _ in places) if places else "",
        points=dots((px, py) for px, py, p in places if not p.is_outside and not p.is_bound),
        outside=diamonds((px, py) for px, py, p in places if p.is_outside),
        bounds=rings((px, py) for px, py, p in places if p.is_bound and not p.is_outside),
        gap=f"M{gap_from:.1f} {TOP:g}H{RIGHT:g}V{BOTTOM:g}H{gap_from:.1f}Z"
        if gap_from < RIGHT
        else "",
        gap_middle=(gap_from + RIGHT) / 2,
    )


def thinned(points: list[LabPoint]) -> list[LabPoint]:
    """At most MOST_POINTS points: the lowest and the highest of each stretch of time."""
    if len(points) <= MOST_POINTS:
        return points
    size = math.ceil(len(points) / (MOST_POINTS // 2))
    kept: list[LabPoint] = []
    for start in range(0, len(points), size):
        part = points[start : start + size]
        ends = {id(p): p for p in (min(part, key=height), max(part, key=height))}
        kept += sorted(ends.values(), key=lambda point: point.at)
    return kept


def height(point: LabPoint) -> float:
    """The value of a point, for sorting."""
    return point.value


def scale_for(line: LabLine, values: list[float]) -> Scale:
    """A scale with round steps that holds the values and the target."""
    limits = [limit for limit in (line.target_low, line.target_high) if limit is not None]
    held = [*values, *limits] or [0.0, 1.0]
    low, high = min(held), max(held)
    if high == low:
        low, high = low - abs(low) * 0.1 - 0.1, high + abs(high) * 0.1 + 0.1
    step = nice_step((high - low) / TICKS)
    floor = math.floor(low / step + 1e-9) * step
    return Scale(floor, max(math.ceil(high / step - 1e-9) * step, floor + step), step)


def nice_step(rough: float) -> float:
    """The next round number: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return power * next(step for step in NICE_STEPS if rough <= step * power * (1 + 1e-9))


def conversion(line: LabLine) -> float | None:
    """How many conventional units are one canonical unit, if both are known."""
    for point in reversed(line.points):
        if point.value_conventional is not None and point.value:
            return point.value_conventional / point.value
    return None


def axis_labels(scale: Scale, ratio: float, x: float, decimal: str) -> tuple[Label, ...]:
    """Tick labels with just enough decimals."""
    step = scale.step * ratio
    digits = digits_of(step) if ratio == 1.0 else digits_for(step)
    return tuple(
        Label(x, scale.y(tick) + 4, f"{tick * ratio:.{digits}f}".replace(".", decimal))
        for tick in scale.ticks
    )


def digits_of(step: float) -> int:
    """The decimals that a round step needs."""
    return next(digits for digits in range(MOST_DIGITS) if abs(round(step, digits) - step) < 1e-9)


def digits_for(step: float) -> int:
    """Decimals for a step that need not be round."""
    return 0 if step >= 2 else 1 if step >= 0.2 else 2


def month_labels(
    start: Instant, end: Instant, x: Callable[[Instant], float], months: Sequence[str]
) -> tuple[Label, ...]:
    """Every third month, the first with its year."""
    first = instants.to_datetime(start).date().replace(day=1)
    labels: list[Label] = []
    for day in firsts_of_quarters(first, instants.to_datetime(end).date()):
        place = x(midnight(day))
        if LEFT - 1 <= place <= RIGHT - 20:
            name = months[day.month - 1]
            year = f" {day.year}" if not labels else ""
            labels.append(Label(round(place, 1), BOTTOM + 16, name + year))
    return tuple(labels)


def midnight(day: date) -> Instant:
    """The instant at which a day begins, near enough for a figure."""
    return (day.toordinal() - EPOCH.toordinal()) * instants.DAY


def firsts_of_quarters(day: date, end: date) -> Iterable[date]:
    """The first of every third month."""
    while day <= end:
        yield day
        day = (day + timedelta(days=95)).replace(day=1)


def band(line: LabLine, scale: Scale) -> str:
    """The target as a band; an open target reaches the edge of the figure."""
    if line.target_low is None and line.target_high is None:
        return ""
    top = TOP if line.target_high is None else scale.y(line.target_high)
    bottom = BOTTOM if line.target_low is None else scale.y(line.target_low)
    return f"M{LEFT:g} {top:.1f}H{RIGHT:g}V{bottom:.1f}H{LEFT:g}Z"


def dots(places: Iterable[tuple[float, float]]) -> str:
    """Discs, drawn as round ends of lines without length."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)


def diamonds(places: Iterable[tuple[float, float]]) -> str:
    """Diamonds mark values outside the target."""
    return "".join(f"M{x:.1f} {y - 4:.1f}l4 4-4 4-4-4z" for x, y in places)


def rings(places: Iterable[tuple[float, float]]) -> str:
    """Rings mark values of which the source gave only a bound."""
    return "".join(
        f"M{x - 2.4:.1f} {y:.1f}a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0-4.8 0z" for x, y in places
    )


@dataclass(frozen=True)
class DrugBar:
    """One drug of the timeline."""

    drug: DrugLine
    y: float
    path: str
    style: str


@dataclass(frozen=True)
class DrugChart:
    """Drugs over twelve months."""

    height: float
    bars: tuple[DrugBar, ...]
    months: tuple[Label, ...]
    grid: str


DRUG_STYLES = {"danger": "dang", "risk": "risk", "neutral": "neutral"}


def drug_chart(drugs: Sequence[DrugLine], as_of: Instant, months: Sequence[str]) -> DrugChart:
    """The timeline of the drugs taken within twelve months."""
    start = as_of - YEAR_DAYS * instants.DAY
    taken = [drug for drug in drugs if drug.to_at is None or drug.to_at >= start]

    def x(at: Instant) -> float:
        share = (at - start) / (as_of - start)
        return BAR_LEFT + min(1.0, max(0.0, share)) * (BAR_RIGHT - BAR_LEFT)

    bars = tuple(drug_bar(drug, 36.0 + n * ROW, x, as_of, start) for n, drug in enumerate(taken))
    bottom = 36.0 + len(taken) * ROW - 8
    quarters = firsts_of_quarters(
        instants.to_datetime(start).date().replace(day=1), instants.to_datetime(as_of).date()
    )
    labels: list[Label] = []
    for day in quarters:
        at = midnight(day)
        if at >= start:
            year = f" {day.year}" if not labels else ""
            labels.append(Label(round(x(at), 1), 12.0, months[day.month - 1] + year))
    grid = "".join(f"M{label.x:g} 22V{bottom:g}" for label in labels)
    return DrugChart(bottom + 4, bars, tuple(labels), grid)


def drug_bar(
    drug: DrugLine, y: float, x: Callable[[Instant], float], as_of: Instant, start: Instant
) -> DrugBar:
    """One bar; an arrow head at the left when it began before the figure does."""
    half = BAR_HEIGHT[drug.weight] / 2
    left = x(drug.from_at)
    right = max(x(drug.to_at if drug.to_at is not None else as_of), left + 3)
    path = f"M{left:.1f} {y - half:g}H{right:.1f}V{y + half:g}H{left:.1f}Z"
    if drug.from_at < start:
        path += f"M{left - 7:.1f} {y:g}l8-{half + 1:g}v{2 * half + 2:g}z"
    style = "hatch" if drug.is_active == "unknown" else DRUG_STYLES[drug.weight]
    return DrugBar(drug, y, path, style)
