"""The nation: any of its people at any time, the same whoever else is asked for with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from livedo.demo.nation.chance import Chance, Whole
from livedo.demo.nation.charts import (
    write_conditions,
    write_drugs,
    write_programme,
    write_rounds,
    write_samples,
)
from livedo.demo.nation.course_facts import DIAGNOSIS, Telling
from livedo.demo.nation.courses import Course, course_of, first_signs
from livedo.demo.nation.days import NEVER, Days, number_of, years
from livedo.demo.nation.lives import Lives, lives_of
from livedo.demo.nation.rows import Rows, Written, add_written, is_ever
from livedo.demo.nation.settings import cumulated, load_courses, load_nation
from livedo.demo.nation.wounds import write_wounds
from livedo.record.tables import SetAside

MOST_PEOPLE = 9_999_999


class Part(NamedTuple):
    """Some people and everything about them, as the tables of a record."""

    persons: pa.Table
    facts: pa.Table
    observed: pa.Table


class Nation:
    """So many invented people. Cheap to make; nothing is drawn before it is asked for."""

    def __init__(self, people: int, cases_per_million: float | None = None) -> None:
        self.people = people
        self.settings, self.courses = load_nation(), load_courses()
        per_million = self.settings.cases_per_million
        self.share = (per_million if cases_per_million is None else cases_per_million) / 1e6
        self._chance = Chance(self.settings.seed)

    def person_ids(self) -> list[str]:
        """The ids of everyone, in order."""
        return [id_of(number) for number in range(1, self.people + 1)]

    def part(self, ids: Sequence[str]) -> Part:
        """These people, who are named in order."""
        numbers = np.asarray([int(id[2:]) for id in ids], np.int64)
        lives, courses = self._told(numbers)
        days = Days(self.settings.zone)
        window_end = int(days.end(number_of(self.settings.until) - 1))
        until = days.end(lives.until)
        facts = self._facts(lives, courses, days).table(list(ids), numbers, until, window_end)
        return Part(
            self._persons(list(ids), lives, days), facts, self._observed(list(ids), lives, days)
        )

    def _told(self, numbers: Whole) -> tuple[Lives, dict[int, Course]]:
        """The people with the courses of those whom it struck, by their place."""
        lives = lives_of(numbers, self._chance, self.settings)
        struck, days = first_signs(lives, self.share, self._chance, self.courses)
        courses = {}
        for place, first in zip(struck.tolist(), days.tolist(), strict=True):
            course = course_of(
                int(numbers[place]),
                bool(lives.is_female[place]),
                first,
                (int(lives.entry[place]), int(lives.until[place])),
                self.settings.seed,
                self.courses,
            )
            courses[place] = course
            self._bear_on(lives, place, course)
        lives.end(number_of(self.settings.until) - 1)
        return lives, courses

    def _bear_on(self, lives: Lives, place: int, course: Course) -> None:
        """What a course does to the rest of a life."""
        if course.died_of_it is not None:
            lives.died[place] = course.died_of_it
        warfarin = lives.drugs[self.settings.valve_warfarin.drug]
        day = course.decided if course.stops_warfarin else None
        if day is not None and warfarin.first[place] < day < warfarin.last[place]:
            warfarin.last[place] = day
            warfarin.is_undated[place] = False

    def courses_of(self, ids: Sequence[str]) -> Iterator[tuple[str, Course, int | None, int]]:
        """Id, course, day of death and last day seen of those of these people whom it struck."""
        numbers = np.asarray([int(id[2:]) for id in ids], np.int64)
        lives, courses = self._told(numbers)
        for place, course in courses.items():
            died = int(lives.died[place])
            yield ids[place], course, died if died < NEVER else None, int(lives.until[place])

    def _facts(self, lives: Lives, courses: dict[int, Course], days: Days) -> Rows:
        rows, chance, settings = Rows(), self._chance, self.settings
        first_sign = np.full(len(lives), NEVER)
        first_sign[list(courses)] = [course.first for course in courses.values()]
        write_programme(rows, lives, days)
        write_conditions(rows, lives, days, chance, settings)
        write_drugs(rows, lives, days, settings)
        write_samples(rows, lives, first_sign, days, chance, settings)
        write_rounds(rows, lives, first_sign, days, chance, settings)
        write_wounds(rows, lives, first_sign, days, chance, settings)
        telling = Telling(days, settings, self.courses)
        entry = days.at(lives.entry).tolist()
        told = (fact for place, course in courses.items() for fact in telling.told(place, course))
        add_written(rows, [fact for fact in told if _is_recorded(fact, entry[fact.who])])
        return rows

    def _persons(self, ids: list[str], lives: Lives, days: Days) -> pa.Table:
        year = years(lives.born)
        first = np.where(lives.is_born_by_year, year[0], lives.born)
        last = np.where(lives.is_born_by_year, year[1], lives.born)
        is_dead = is_ever(lives.died)
        died = days.end(np.where(is_dead, lives.died, 0))
        sexes = pa.array(["male", "female"], pa.string())
        centres = pa.array(cumulated(self.settings.centres)[0], pa.string())
        moment = pa.timestamp("us")
        return pa.table(
            {
                "person_id": pa.array(ids, pa.string()),
                "sex": _coded(lives.is_female.astype(np.int32), sexes),
                "born_on": pa.array(days.at(first)).view(moment),
                "born_on_latest": pa.array(days.end(last)).view(moment),
                "died_on": pa.array(died, mask=~is_dead).view(moment),
                "is_dead": pa.array(is_dead),
                "centre_id": _coded(lives.centre.astype(np.int32), centres),
            }
        )

    def _observed(self, ids: list[str], lives: Lives, days: Days) -> pa.Table:
        """Spans in the order person, domain: one for each domain the person's centre speaks for."""
        domains = sorted(self.settings.observed.items())
        centres = cumulated(self.settings.centres)[0]
        speaks = [[name not in spoken.not_in for _, spoken in domains] for name in centres]
        is_told = np.asarray(speaks)[lives.centre]
        who, domain = np.nonzero(is_told)
        first, last = self._window(days)
        history = np.asarray([spoken.with_history for _, spoken in domains])[domain]
        count, moment = len(who), pa.timestamp("us")
        names = pa.array([name for name, _ in domains], pa.string())
        return pa.table(
            {
                "person_id": pa.array(ids, pa.string()).take(pa.array(who)),
                "domain": _coded(domain.astype(np.int32), names),
                "from_at": pa.array(np.full(count, first)).view(moment),
                "to_at": pa.array(np.full(count, last)).view(moment),
                "with_history": pa.array(history),
            }
        )

    def _window(self, days: Days) -> tuple[int, int]:
        first, until = number_of(self.settings.first), number_of(self.settings.until)
        return int(days.at(first)), int(days.end(until - 1))

    def declared(self) -> tuple[str, ...]:
        """The spans as whoever reads such sources would have declared them."""
        first, until = self.settings.first, self.settings.until
        return tuple(
            f"{domain}={first}..{until}{',history' if spoken.with_history else ''}"
            for domain, spoken in sorted(self.settings.observed.items())
        )

    def set_aside(self, source: str) -> list[SetAside]:
        """Items that nobody could use, so that the ledger has something to say."""
        return [
            SetAside(
                source=source,
                item="",
                path="",
                reason=reason,
                count=max(1, self.people * count // 1000),
            )
            for reason, count in sorted(self.settings.set_aside.items())
        ]


def _is_recorded(fact: Written, entry: int) -> bool:
    """What was found before the programme knew somebody is told as a diagnosis, if at all."""
    return fact.start[0] >= entry or fact.concept == DIAGNOSIS


def id_of(number: int) -> str:
    """The id of a person."""
    return f"N-{number:07d}"


def _coded(codes: np.ndarray[tuple[int, ...], np.dtype[np.int32]], names: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), names)
