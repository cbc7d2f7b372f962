"""Days on dialysis sorted into year, centre, sex, modality and band of age; whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from livedo.registry.cohort import MODALITIES, SEXES, UNKNOWN_DAY, Cohort

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_EPOCH = date(1970, 1, 1)


class Rows(NamedTuple):
    """Time on dialysis, one span a row; both ends are inside."""

    person: Whole
    modality: Whole
    first: Whole
    last: Whole

    def where(self, keep: Flags | Whole) -> Rows:
        """Some of the rows."""
        return Rows(*(column[keep] for column in self))

    def within(self, first: Whole | np.int64 | int, last: Whole | np.int64 | int) -> Rows:
        """The part of each that lies between two days, without those of which none does."""
        cut = self._replace(first=np.maximum(self.first, first), last=np.minimum(self.last, last))
        return cut.where(cut.last >= cut.first)


def rows_of(cohort: Cohort) -> Rows:
    """The time on dialysis of everybody."""
    time = cohort.time
    return Rows(*(c.astype(np.int64) for c in (time.person, time.modality, time.first, time.last)))


def first_day(year: int) -> int:
    """1 January of a year."""
    return (date(year, 1, 1) - _EPOCH).days


def last_day(year: int) -> int:
    """31 December of a year."""
    return first_day(year + 1) - 1


def year_of(day: int) -> int:
    """The year of a day."""
    return date.fromordinal(_EPOCH.toordinal() + day).year


class Seen(NamedTuple):
    """Who has any time on each kind of dialysis, and in each band of age."""

    modality: Flags
    band: Flags

    @property
    def anybody(self) -> Flags:
        """Who has any time at all."""
        found: Flags = np.any(self.modality, axis=1)
        return found

    def add(self, other: Seen) -> None:
        """Those of another part of the time, too."""
        np.logical_or(self.modality, other.modality, out=self.modality)
        np.logical_or(self.band, other.band, out=self.band)


class Sorting:
    """Places everybody by centre, sex and age, so that days and people can be counted by group.

    The shape is centre (the last one is unknown), sex, modality, band of age (the last one is
    unknown).
    """

    def __init__(self, cohort: Cohort, band_starts: Sequence[int]) -> None:
        self.centres = len(cohort.centres)
        self._starts = np.array(band_starts)
        self.bands = len(band_starts)
        self.shape = (self.centres + 1, len(SEXES), len(MODALITIES), self.bands + 1)
        self._count = len(cohort)
        self.centre = np.where(cohort.centre < 0, self.centres, cohort.centre).astype(np.int64)
        self.sex = cohort.sex.astype(np.int64)
        self._is_born = cohort.born != UNKNOWN_DAY
        born = np.where(self._is_born, cohort.born, 0).astype("datetime64[D]")
        months = born.astype("datetime64[M]")
        self._month = months.astype(np.int64)
        self._day = (born - months).astype(np.int64)
        self._year = born.astype("datetime64[Y]").astype(np.int64) + _EPOCH.year

    def days(self, rows: Rows, year: int, seen: Seen | None = None) -> Whole:
        """Days of one calendar year by group. Age is that on the day itself.

        Args:
            seen: is told who has any.
        """
        within = rows.within(first_day(year), last_day(year))
        birthday = self.birthday(within.person, year)
        never, always = np.int64(-(2**40)), np.int64(2**40)
        counted = np.zeros(self.shape, np.int64)
        for part, not_yet in (
            (within.within(never, birthday - 1), 1),
            (within.within(birthday, always), 0),
        ):
            band = self._band(part.person, year - self._year[part.person] - not_yet)
            place = self._place(part.person, part.modality, band)
            counted += self._counted(place, (part.last - part.first + 1).astype(np.float64))
            if seen is not None:
                seen.modality[part.person, part.modality] = True
                seen.band[part.person, band] = True
        return counted

    def nobody(self) -> Seen:
        """Nobody seen so far."""
        modality = np.zeros((self._count, len(MODALITIES)), np.bool_)
        return Seen(modality, np.zeros((self._count, self.bands + 1), np.bool_))

    def birthday(self, person: Whole, year: int) -> Whole:
        """The day on which each becomes a year older; 1 March for 29 February in other years."""
        month = self._month[person] + (year - self._year[person]) * 12
        start = month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        found: Whole = start + self._day[person]
        return found

    def people(self, person: Whole, modality: Whole, day: Whole | int) -> Whole:
        """People by group, at their age on a day. Each row is one person."""
        return self._counted(self.places(person, modality, day), None)

    def places(self, person: Whole, modality: Whole, day: Whole | int) -> Whole:
        """The place of each person in the shape, as one number."""
        return self._place(person, modality, self._band(person, self.age(person, day)))

    def age(self, person: Whole, day: Whole | int) -> Whole:
        """Whole years on a day; of no meaning where the birth is unknown."""
        days = np.broadcast_to(np.asarray(day, np.int64), person.shape)
        years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + _EPOCH.year
        month = self._month[person] + (years - self._year[person]) * 12
        start = month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        is_before = days < start + self._day[person]
        found: Whole = years - self._year[person] - is_before
        return found

    def _band(self, person: Whole, age: Whole) -> Whole:
        band = np.searchsorted(self._starts, np.maximum(age, 0), side="right") - 1
        return np.where(self._is_born[person], band, self.bands)

    def _place(self, person: Whole, modality: Whole, band: Whole) -> Whole:
        columns = (self.centre[person], self.sex[person], modality, band)
        found: Whole = np.ravel_multi_index(columns, self.shape).astype(np.int64)
        return found

    def _counted(self, places: Whole, weights: npt.NDArray[np.float64] | None) -> Whole:
        size = int(np.prod(self.shape))
        # Sums of whole numbers below 2**53 are exact in floating point.
        found = np.bincount(places, weights, size).astype(np.int64)
        return found.reshape(self.shape)
