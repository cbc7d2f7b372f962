"""What people entered about the cases of the nation: reports, readings, follow-ups.

Rows of plain values: whoever keeps entries makes theirs from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from livedo.demo.chance import Chance
from livedo.demo.nation.courses import Course, Lesion, value_of
from livedo.demo.nation.days import Days, day_of, number_of
from livedo.demo.nation.nation import Nation
from livedo.demo.nation.settings import Happens, Quantiles, read_data
from livedo.demo.settings import Shape

VERDICTS = ("not_calciphylaxis", "suspected", "probable", "confirmed")
"""From the least to the surest: readers who disagree are one step apart."""
MORNING, MINUTES_EACH = 8 * 60, 7
"""Entries of one day about one person come one after the other."""


class Said(Shape, frozen=True, kw_only=True):
    """How exactly people remember."""

    blank: float
    unknown: float
    by_month: float
    by_year: float


class RegisterSettings(Shape, frozen=True, kw_only=True):
    """The whole of `register.yaml`."""

    entered: Mapping[str, float]
    entered_after: Quantiles
    by: tuple[str, ...]
    readers: tuple[str, str]
    said: Said
    corrected: float
    corrected_by_days: Quantiles
    withdrawn: float
    visits: dict[str, int]
    visit_done: float
    visit_slack: Quantiles
    lesion_change_told: float
    told_after: Quantiles
    corrected_after: int
    withdrawn_after: int
    outcome_after: Quantiles
    amputation: float
    adjudicated: Happens
    read_otherwise: float
    cannot_tell: float
    cause_read_otherwise: float
    consensus_after: Quantiles
    consensus_reached: float


class Report(NamedTuple):
    """Some values of one form about one person. `at` is an instant."""

    person_id: str
    at: int
    by: str
    form: str
    instance: int
    values: tuple[tuple[str, str], ...]


class Reading(NamedTuple):
    """What a reader said of a case, or what two agreed on. `at` is an instant."""

    person_id: str
    at: int
    by: str
    reading: Literal["single", "consensus"]
    verdict: str
    cause_of_death: str | None


Row = Report | Reading


@cache
def load_register() -> RegisterSettings:
    """What is entered how often, read once a process."""
    return msgspec.convert(read_data("register.yaml"), RegisterSettings)


def rows_of(nation: Nation, batch: int = 20_000) -> Iterator[Row]:
    """Everything entered, in the order of entering."""
    ids = nation.person_ids()
    found: list[tuple[int, str, int, Row]] = []
    days, settings = Days(nation.settings.zone), nation.settings
    window = (number_of(settings.first), number_of(settings.until) - 1)
    for begin in range(0, len(ids), batch):
        for person_id, course, died, until in nation.courses_of(ids[begin : begin + batch]):
            keeper = _Keeper(person_id, course, died, until, window, nation.settings.seed)
            for n, (day, row) in enumerate(keeper.rows()):
                found.append((int(days.at(day, MORNING + MINUTES_EACH * n)), person_id, n, row))
    for at, _, _, row in sorted(found, key=lambda one: one[:3]):
        yield row._replace(at=at)


class _Keeper:
    """Enters one case. Nothing is entered before the first day of the window or after the last."""

    def __init__(
        self,
        person_id: str,
        course: Course,
        died: int | None,
        until: int,
        window: tuple[int, int],
        seed: str,
    ) -> None:
        self.person_id = person_id
        self.course = course
        self.died = died
        self.until = until
        self.opened, self.last = window
        self.chance = Chance(seed, "register", person_id)
        self.settings = load_register()

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Day and row, without what was not entered by the last day."""
        how = "never_worked_up" if self.course.decided is None else "worked_up"
        if self.chance.happens(self.settings.entered[how]):
            yield from (one for one in self._all() if one[0] <= self.last and _says(one[1]))

    def days(self, quantiles: Quantiles) -> int:
        return int(value_of(self.chance, quantiles.between))

    def _all(self) -> Iterator[tuple[int, Row]]:
        began = self.course.decided or self.course.contact
        day = max(began, self.opened) + self.days(self.settings.entered_after)
        yield self._report(day, "case", 1, self._case())
        for number, lesion in enumerate(self.course.lesions, start=1):
            if lesion.first <= day:
                yield self._report(day, "lesion", number, self._lesion(lesion, day))
        yield from self._later_lesions(day)
        if self.chance.happens(self.settings.corrected):
            moved = self.course.first + self.days(self.settings.corrected_by_days)
            corrected = {"first_symptom_on": _text(min(moved, self.course.contact))}
            yield self._report(day + self.settings.corrected_after, "case", 1, corrected)
        if self.course.is_refuted and self.chance.happens(self.settings.withdrawn):
            yield self._report(
                day + self.settings.withdrawn_after, "case", 1, {"in_register": "no"}
            )
        yield from self._follow_ups(began, day)
        yield from self._outcomes(day)
        yield from self._readings(day)

    def _report(
        self, day: int, form: str, instance: int, values: Mapping[str, str]
    ) -> tuple[int, Row]:
        said = tuple((name, text) for name, text in values.items() if text)
        by = self.chance.one_of(self.settings.by)
        return day, Report(self.person_id, 0, by, form, instance, said)

    def date(self, day: int | None) -> str:
        """A date as somebody remembers it: exact, by month or year, unknown, or not given."""
        said = self.settings.said
        drawn = self.chance.between(0.0, 1.0)
        if day is None:
            return ""
        for share, text in (
            (said.blank, ""),
            (said.unknown, "unknown"),
            (said.by_month, _text(day)[:7]),
            (said.by_year, _text(day)[:4]),
        ):
            if drawn < share:
                return text
            drawn -= share
        return _text(day)

    def word(self, text: str) -> str:
        """A word as somebody remembers it."""
        drawn, said = self.chance.between(0.0, 1.0), self.settings.said
        if drawn < said.blank:
            return ""
        return "unknown" if drawn < said.blank + said.unknown else text

    def _case(self) -> dict[str, str]:
        course = self.course
        wrong = course.wrong_name or "none"
        return {
            "in_register": "yes",
            "kind": "uraemic",
            "first_symptom_on": self.date(course.first),
            "first_contact_on": self.date(course.contact),
            "diagnosed_on": self.date(course.decided),
            "first_wrong_diagnosis": self.word(wrong),
            "first_wrong_diagnosis_on": self.date(course.wrong_on),
        }

    def _lesion(self, lesion: Lesion, day: int) -> dict[str, str]:
        is_open = lesion.ulcer is not None and lesion.ulcer <= day
        is_healed = lesion.healed is not None and lesion.healed <= day
        return {
            "body_site": lesion.place,
            "side": lesion.side or "",
            "site_class": lesion.place_class,
            "first_seen_on": self.date(max(lesion.first, self.course.first)),
            "is_ulcerated": self.word("yes" if is_open else "no"),
            "ulcer_on": self.date(lesion.ulcer) if is_open else "",
            "healed_on": self.date(lesion.healed) if is_healed else "",
        }

    def _later_lesions(self, day: int) -> Iterator[tuple[int, Row]]:
        """What became of the lesions after they were entered."""
        for number, lesion in enumerate(self.course.lesions, start=1):
            changes: list[tuple[int, dict[str, str]]] = []
            if lesion.first > day:
                on = lesion.first + self.days(self.settings.told_after)
                changes.append((on, self._lesion(lesion, on)))
            if lesion.ulcer is not None and lesion.ulcer > day:
                said = {"is_ulcerated": "yes", "ulcer_on": self.date(lesion.ulcer)}
                changes.append((lesion.ulcer + self.days(self.settings.told_after), said))
            if lesion.healed is not None and lesion.healed > day:
                on = lesion.healed + self.days(self.settings.told_after)
                changes.append((on, {"healed_on": self.date(lesion.healed)}))
            for on, values in changes:
                if self.chance.happens(self.settings.lesion_change_told) and any(values.values()):
                    yield self._report(on, "lesion", number, values)

    def _follow_ups(self, began: int, entered: int) -> Iterator[tuple[int, Row]]:
        """Visits as they fall due; some are never told of, and so overdue."""
        instance, told_dead = 0, False
        for visit, after in self.settings.visits.items():
            due = began + after
            seen = max(due + self.days(self.settings.visit_slack), began + 1)
            is_done = self.chance.happens(self.settings.visit_done)
            is_dead = self.died is not None and self.died <= seen
            has_left = seen > self.until and not is_dead
            if not is_done or has_left or told_dead or not self.opened <= due <= self.last:
                continue
            told_dead, instance = is_dead, instance + 1
            values = {
                "visit": visit,
                "seen_on": _text(seen),
                "is_alive": "no" if is_dead else "yes",
            }
            if not is_dead:
                values["lesions"] = self._state(seen)
            yield self._report(max(seen, entered), "follow_up", instance, values)

    def _state(self, day: int) -> str:
        healed = [one.healed is not None and one.healed <= day for one in self.course.lesions]
        if all(healed):
            return self.word("healed")
        return self.word(self.chance.one_of(("better", "same", "same", "worse", "new")))

    def _outcomes(self, entered: int) -> Iterator[tuple[int, Row]]:
        course = self.course
        ulcers = [one.ulcer for one in course.lesions if one.ulcer is not None]
        has_amputation = bool(ulcers) and self.chance.happens(self.settings.amputation)
        told = max(entered, self.until) + self.days(self.settings.outcome_after)
        healed = course.lesions[0].healed
        if healed is not None and healed <= self.until:
            on = max(entered, healed) + self.days(self.settings.outcome_after)
            yield self._report(on, "outcome", 1, {"healed_on": self.date(healed)})
        if self.died is None:
            if course.sepsis is not None:
                on = max(entered, course.sepsis) + self.days(self.settings.told_after)
                yield self._report(on, "outcome", 1, {"sepsis": "yes"})
            return
        values = {
            "sepsis": self.word("yes" if course.sepsis is not None else "no"),
            "amputation": self.word("yes" if has_amputation else "no"),
            "is_dead": "yes",
            "died_on": _text(self.died),
            "cause_of_death": self.word(self._cause()),
        }
        yield self._report(told, "outcome", 1, values)

    def _cause(self) -> str:
        return "disease" if self.course.died_of_it is not None else "other"

    def _verdict(self) -> int:
        """What a reader who sees all would say: a place in VERDICTS."""
        course = self.course
        if course.is_refuted:
            return 0
        biopsy = course.biopsy
        if biopsy is not None and biopsy.is_characteristic and biopsy.has_fat:
            return 3
        return 2 if course.excluded_others else 1

    def _readings(self, entered: int) -> Iterator[tuple[int, Row]]:
        settings = self.settings
        if not self.chance.happens(settings.adjudicated.share):
            return
        day = entered + self.days(settings.adjudicated.after)
        said = [self._said(day) for _ in settings.readers]
        for reader, (verdict, cause) in zip(settings.readers, said, strict=True):
            yield day, Reading(self.person_id, 0, reader, "single", verdict, cause)
        if said[0] != said[1] and self.chance.happens(settings.consensus_reached):
            on = day + self.days(settings.consensus_after)
            cause = self._cause() if self._is_dead_by(day) else None
            verdict, by = VERDICTS[self._verdict()], " + ".join(settings.readers)
            yield on, Reading(self.person_id, 0, by, "consensus", verdict, cause)

    def _is_dead_by(self, day: int) -> bool:
        return self.died is not None and self.died < day

    def _said(self, day: int) -> tuple[str, str | None]:
        """The verdict of one reader, and the cause of death where there is one to read."""
        chance, settings = self.chance, self.settings
        place = self._verdict()
        if chance.happens(settings.read_otherwise):
            place += 1 if place == 0 or (place < 3 and chance.happens(0.5)) else -1
        verdict = "cannot_tell" if chance.happens(settings.cannot_tell) else VERDICTS[place]
        if not self._is_dead_by(day):
            return verdict, None
        other = chance.one_of(("unknown", "other", "disease"))
        return verdict, other if chance.happens(settings.cause_read_otherwise) else self._cause()


def _says(row: Row) -> bool:
    """Whether anything is said: a form in which all was left blank is not sent."""
    return isinstance(row, Reading) or bool(row.values)


def _text(day: int) -> str:
    return day_of(day).isoformat()
