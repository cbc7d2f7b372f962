"""Invented people with calciphylaxis, for tests of the figures."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from livedo.registry.case import Case, Span

DIAGNOSED = 20_000
"""A day late in 2024 from which tests count."""


def on(day: int, width: int = 0) -> Span:
    """A day counted from DIAGNOSED, known to within `width` days."""
    return Span(DIAGNOSED + day, DIAGNOSED + day + width)


def person(id: str = "p1", *, until: int = 1000, **changes: Any) -> Case:
    """Diagnosed on day 0, followed from a hundred days before and until day `until`."""
    plain: dict[str, Any] = {
        "person_id": id,
        "diagnosed": on(0),
        "followed_from": DIAGNOSED - 100,
        "followed_to": DIAGNOSED + until,
    }
    return Case(**{**plain, **changes})


def dead(id: str, day: int, cause: str = "disease", **changes: Any) -> Case:
    """Somebody who died on a day, counted from diagnosis."""
    return person(id, is_dead=True, died=on(day), cause_of_death=cause, **changes)


_SPANS = st.none() | st.builds(on, st.integers(-60, 900), st.sampled_from([0, 0, 0, 30, 364]))


@st.composite
def cases(draw: st.DrawFn) -> list[Case]:
    """Any number of people, with dates as they may come: late, imprecise, missing, in disorder."""

    def one(number: int) -> Case:
        return person(
            f"p{number:03}",
            until=draw(st.integers(-30, 1000)),
            followed_from=DIAGNOSED + draw(st.integers(-50, 400)),
            diagnosed=draw(st.sampled_from([on(0), on(0), on(0, 30), on(0, 364), None])),
            first_sign=draw(_SPANS),
            first_contact=draw(_SPANS),
            first_alert=draw(st.none() | st.integers(DIAGNOSED - 300, DIAGNOSED + 300)),
            first_ulcer=draw(_SPANS),
            ulcerated_at_diagnosis=draw(st.sampled_from(["yes", "no", "unknown"])),
            site=draw(st.sampled_from(["proximal", "distal", "penile", "other", "unknown"])),
            healed=draw(_SPANS),
            is_dead=draw(st.booleans()),
            died=draw(_SPANS),
            cause_of_death=draw(st.sampled_from(["disease", "other", "unknown"])),
        )

    return [one(number) for number in range(draw(st.integers(0, 8)))]
