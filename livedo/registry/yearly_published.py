"""Published figures as the yearly report sets them beside its own."""

from __future__ import annotations

from collections.abc import Iterator

from livedo.knowledge.load import Knowledge
from livedo.knowledge.published import Figure, load_published
from livedo.registry.intervals import share
from livedo.registry.yearly_parts import Published

BESIDE_OURS = ("prevalence", "incidence", "mortality", "sex_ratio", "women")


def published_figures(knowledge: Knowledge) -> tuple[Published, ...]:
    """Every figure that has one of ours beside it, in the order of the file."""
    return tuple(_all(knowledge))


def _all(knowledge: Knowledge) -> Iterator[Published]:
    for figure in load_published():
        if figure.kind in BESIDE_OURS:
            yield _published(figure, figure.year or knowledge.claims[figure.claim].year)


def _published(figure: Figure, year: int) -> Published:
    value, low, high, is_computed = _numbers(figure)
    measure = figure.kind
    if figure.kind == "women":
        measure = "sex_ratio"
        value, low, high = (to_one_man(x) for x in (value, low, high))
    return Published(
        id=figure.id,
        claim=figure.claim,
        measure=measure,
        year=year,
        years=figure.years,
        as_printed=figure.as_printed,
        population=figure.population,
        definition=figure.definition,
        cause=figure.cause,
        horizon_days=figure.horizon_days,
        cases=figure.cases,
        people=figure.people,
        value=value,
        low=low,
        high=high,
        is_range=value is None and low is not None and high is not None,
        is_computed=is_computed,
    )


def _numbers(figure: Figure) -> tuple[float | None, float | None, float | None, bool]:
    """Value and interval. Where counts were printed and no interval, the exact one is ours."""
    value = figure.share(figure.value)
    if figure.interval is not None:
        low, high = (figure.share(end) for end in figure.interval)
        return value, low, high, False
    if figure.cases is not None and figure.people:
        exact = share(figure.cases, figure.people)
        return exact.value if value is None else value, exact.low, exact.high, True
    return value, figure.share(figure.low), figure.share(figure.high), False


def to_one_man(women: float | None) -> float | None:
    """A share of women as women to one man."""
    return None if women is None or women >= 1 else women / (1 - women)
