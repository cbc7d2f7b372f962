"""Published figures of how often the disease is, how it ends, and whom it strikes."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text

Kind = Literal[
    "prevalence",
    "incidence",
    "outside_dialysis",
    "sex_ratio",
    "women",
    "mortality",
    "hazard_ratio",
    "healing",
    "bacteraemia",
    "none_published",
]


class Figure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure as its source printed it.

    `value`, `low` and `high` are per `per`: 3.7 per 10000. `low` and `high` are the ends of a
    range of figures, or one of them a bound (below 1, above 80); `interval` is an interval of
    confidence that was read.
    """

    id: str
    kind: Kind
    claim: str
    """The claim or item of evidence that carries it."""
    as_printed: str
    per: int
    population: Text
    definition: Text
    """How a case was found there."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    interval: tuple[float, float] | None = None
    is_per_person_year: bool = False
    """Per person-year; otherwise per person, of incidence per person and year."""
    cases: int | None = None
    people: int | None = None
    is_cases_computed: bool = False
    """The number of cases was worked out from what was printed."""
    cause: Literal["", "all", "disease"] = ""
    """Of deaths: from any cause, or from the disease; never both in one figure."""
    horizon_days: int | None = None
    year: int | None = None
    """Of publication; that of the claim where none stands here."""
    years: str = ""
    """The years that were counted, where they were read."""

    def share(self, number: float | None) -> float | None:
        """A number of this figure as a share of one, or per person-year."""
        return None if number is None else number / self.per


@functools.cache
def load_published() -> tuple[Figure, ...]:
    """The shipped figures, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "published.yaml", tuple[Figure, ...])
