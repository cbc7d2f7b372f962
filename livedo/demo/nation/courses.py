"""The course of calciphylaxis in each who has it, from the first sign to healing or death."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from livedo.demo.chance import Chance as OneChance
from livedo.demo.nation.chance import Chance, Number, Whole
from livedo.demo.nation.days import NEVER, YEAR
from livedo.demo.nation.lives import Lives
from livedo.demo.nation.settings import CourseSettings, Look, Quantiles

Cause = Literal["disease", "other"]


class Lesion(msgspec.Struct, frozen=True, kw_only=True):
    """One lesion. `looked_at` are the days on which it is described."""

    place: str
    place_class: str
    side: str | None
    look: Look
    pain: str
    late_pain: str
    first: int
    ulcer: int | None
    healed: int | None
    area: float
    looked_at: tuple[int, ...]


class Biopsy(msgspec.Struct, frozen=True, kw_only=True):
    """A sample of skin, and when its result came."""

    on: int
    known: int
    has_fat: bool
    is_characteristic: bool
    is_coded: bool


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one person. Days are numbers since 1970-01-01."""

    number: int
    first: int
    contact: int
    lesions: tuple[Lesion, ...]
    decided: int | None = None
    """The day on which somebody decided what it is; None if nobody ever did."""
    is_refuted: bool = False
    excluded_others: bool = False
    coded_known: int | None = None
    billed_known: int | None = None
    wrong_name: str | None = None
    wrong_on: int | None = None
    wrong_until: int | None = None
    biopsy: Biopsy | None = None
    scanned: int | None = None
    sepsis: int | None = None
    treatments: tuple[tuple[str, int, int], ...] = ()
    stops_warfarin: bool = False
    died_of_it: int | None = None


def first_signs(
    lives: Lives, share: float, chance: Chance, settings: CourseSettings
) -> tuple[Whole, Whole]:
    """Whom it strikes (places in `lives`) and the day of the first sign."""
    usual = _weight(lives, settings) * share / settings.weight["usual"]
    start = lives.entry + settings.begins_after
    room = lives.until - settings.seen_before_end - start
    years = np.maximum(lives.until - lives.entry, 0) / YEAR
    is_struck = chance.happens("calciphylaxis", lives.numbers, usual * years) & (room > 0)
    days = start + chance.uniform("first sign", lives.numbers) * np.maximum(room, 1)
    earlier = settings.earlier
    before = np.minimum((lives.entry - lives.since) / YEAR, earlier.within_years)
    likely = usual * before * earlier.times
    was_struck = chance.happens("earlier calciphylaxis", lives.numbers, likely) & (room > 0)
    past = lives.entry - chance.uniform("earlier sign", lives.numbers) * before * YEAR
    days = np.where(was_struck, past, days)
    struck = np.flatnonzero(is_struck | was_struck)
    return struck, days.astype(np.int64)[struck]


def _weight(lives: Lives, settings: CourseSettings) -> Number:
    traits = {"female": lives.is_female, "obese": lives.is_obese}
    traits["transplanted"] = lives.transplanted < NEVER
    weight = np.ones(len(lives))
    for name, factor in settings.weight.items():
        if name == "usual":
            continue
        if name in traits:
            has = traits[name]
        else:
            has = lives.drugs[name].has if name in lives.drugs else lives.has(name)
        weight = np.where(has, weight * factor, weight)
    return weight


def course_of(
    number: int,
    is_female: bool,
    first: int,
    seen: tuple[int, int],
    seed: str,
    settings: CourseSettings,
) -> Course:
    """The course of one person, who is seen from the first of two days to the last."""
    story = _Story(OneChance(seed, "course", str(number)), settings, seen)
    return story.told(number, is_female, first)


class _Story:
    """Draws one course, step by step."""

    def __init__(self, chance: OneChance, settings: CourseSettings, seen: tuple[int, int]) -> None:
        self.chance = chance
        self.settings = settings
        self.entry, self.until = seen

    def days(self, quantiles: Quantiles) -> int:
        return int(value_of(self.chance, quantiles.between))

    def by(self, day: int) -> int | None:
        """The day, if the person is still seen then."""
        return day if day <= self.until else None

    def told(self, number: int, is_female: bool, first: int) -> Course:
        chance, settings = self.chance, self.settings
        contact = min(first + self.days(settings.first_look_after), self.until)
        is_ulcerating = chance.happens(settings.ulcerates.share)
        ulcer = self.by(first + self.days(settings.ulcerates.after)) if is_ulcerating else None
        sepsis = None
        if chance.happens(settings.sepsis.share) and ulcer is not None:
            sepsis = self.by(ulcer + self.days(settings.sepsis.after))
        died = self._death(contact, ulcer, sepsis)
        if died is not None:
            self.until = died
        worked_up = self.by(contact + self.days(settings.worked_up.after))
        decided = worked_up if chance.happens(settings.worked_up.share) else None
        healing = "not_ulcerated" if ulcer is None else "ulcerated"
        heals = settings.heals[healing]
        healed = self.by((ulcer or contact) + self.days(heals.after))
        if not chance.happens(heals.share) or died is not None:
            healed = None
        course = Course(
            number=number,
            first=first,
            contact=contact,
            lesions=self._lesions(is_female, first, contact, ulcer, healed),
            sepsis=sepsis if sepsis is None or sepsis <= self.until else None,
            died_of_it=died,
        )
        course = self._with_wrong_name(course, decided)
        return self._with_work_up(course, decided) if decided is not None else course

    def _death(self, contact: int, ulcer: int | None, sepsis: int | None) -> int | None:
        """The day of a death of the disease, if it comes before any other end.

        Nobody dies before being seen: of those whom it killed then, the record knows nothing.
        """
        dies = self.settings.dies_of_it
        ways = [("septic", sepsis), ("ulcerated", ulcer)]
        ways.append(("not_ulcerated", contact if ulcer is None else None))
        days = [
            self.by(since + self.days(dies[name].after))
            for name, since in ways
            if since is not None and self.chance.happens(dies[name].share)
        ]
        began = max(contact, self.entry)
        return min((day for day in days if day is not None and day > began), default=None)

    def _lesions(
        self, is_female: bool, first: int, contact: int, ulcer: int | None, healed: int | None
    ) -> tuple[Lesion, ...]:
        settings, chance = self.settings, self.chance
        kind = self._place_class(is_female)
        count = int(value_of(chance, settings.lesions.between))
        found: list[Lesion] = []
        taken: set[tuple[str, str | None]] = set()
        began = first
        for place_number in range(count):
            if place_number:
                began += self.days(settings.next_lesion_after)
                kind = (
                    kind if chance.happens(settings.next_lesion_alike) else self._place_class(True)
                )
            place = chance.one_of(settings.places[kind].places)
            side = None if place in settings.midline else chance.one_of(("left", "right"))
            does_too = chance.happens(settings.next_lesion_ulcerates)
            own_ulcer = ulcer if not place_number or does_too else None
            if (place, side) in taken or (found and began >= (healed or self.until)):
                continue
            taken.add((place, side))
            look = self._look(kind)
            looked_at = self._looks(max(began, contact), healed)
            found.append(
                Lesion(
                    place=place,
                    place_class=kind,
                    side=side,
                    look=look,
                    pain=chance.one_of(look.pain),
                    late_pain=chance.one_of(settings.late_pain),
                    first=began,
                    ulcer=None if own_ulcer is None else max(own_ulcer, began),
                    healed=healed,
                    area=round(chance.skewed(0.6, 7.0, 60.0), 1),
                    looked_at=looked_at,
                )
            )
        return tuple(found)

    def _place_class(self, is_female: bool) -> str:
        places = self.settings.places
        shares = {k: p.share for k, p in places.items() if not (is_female and p.only == "male")}
        return picked(self.chance, shares)

    def _look(self, kind: str) -> Look:
        looks = self.settings.looks
        name = picked(self.chance, {name: look.share for name, look in looks.items()})
        return self.settings.penile_look if kind == "penile" else looks[name]

    def _looks(self, first: int, healed: int | None) -> tuple[int, ...]:
        """The days on which somebody describes it, the last on the day it is found healed."""
        found, day = [], first
        for _ in range(self.settings.looks_at_most):
            if day > self.until or (healed is not None and day >= healed):
                break
            found.append(day)
            day += self.days(self.settings.looked_at_every)
        return (*found, healed) if healed is not None and found else tuple(found)

    def _with_wrong_name(self, course: Course, decided: int | None) -> Course:
        settings = self.settings
        name = picked(self.chance, {n: w.share for n, w in settings.wrong_names.items()})
        until = course.contact + self.days(settings.wrong_for)
        if not self.chance.happens(settings.wrong_first):
            return course
        until = min(until, decided if decided is not None else self.until, self.until)
        return msgspec.structs.replace(
            course, wrong_name=name, wrong_on=course.contact, wrong_until=until
        )

    def _with_work_up(self, course: Course, decided: int) -> Course:
        chance, settings = self.chance, self.settings
        is_refuted = chance.happens(settings.refuted)
        excluded_others = chance.happens(settings.excluded_others) and not is_refuted
        is_coded = chance.happens(settings.coded.share) and not is_refuted
        known = decided + self.days(settings.coded.known_after)
        is_billed = chance.happens(settings.billed.share)
        billed = decided + self.days(settings.billed.known_after)
        return msgspec.structs.replace(
            course,
            decided=decided,
            is_refuted=is_refuted,
            excluded_others=excluded_others,
            coded_known=known if is_coded else None,
            billed_known=billed if is_billed else None,
            biopsy=self._biopsy(course, decided, is_refuted),
            scanned=decided if chance.happens(settings.scan) else None,
            treatments=self._treatments(decided, is_refuted),
            stops_warfarin=chance.happens(settings.warfarin_stopped) and not is_refuted,
        )

    def _biopsy(self, course: Course, decided: int, is_refuted: bool) -> Biopsy | None:
        chance, settings = self.chance, self.settings.biopsy
        is_done = chance.happens(settings.share) or is_refuted
        on = max(decided - self.days(settings.before_decision), course.contact)
        known = on + self.days(settings.known_after)
        has_fat = chance.happens(settings.with_fat)
        share = settings.characteristic if has_fat else settings.features_without_fat
        is_characteristic = chance.happens(share) and not is_refuted
        is_coded = chance.happens(settings.procedure_coded)
        if not is_done:
            return None
        return Biopsy(
            on=on,
            known=known,
            has_fat=has_fat,
            is_characteristic=is_characteristic,
            is_coded=is_coded,
        )

    def _treatments(self, decided: int, is_refuted: bool) -> tuple[tuple[str, int, int], ...]:
        found = []
        for name, treatment in self.settings.treated.items():
            is_given = self.chance.happens(treatment.share)
            last = min(decided + self.days(treatment.days), self.until)
            if is_given and not is_refuted and decided < self.until:
                found.append((name, decided, last))
        return tuple(found)


def value_of(chance: OneChance, between: Sequence[float]) -> float:
    """A value between evenly spaced quantiles."""
    place = chance.between(0.0, len(between) - 1.0)
    step = min(int(place), len(between) - 2)
    return between[step] + (between[step + 1] - between[step]) * (place - step)


def picked(chance: OneChance, shares: dict[str, float]) -> str:
    """One of several names, each as likely as its share says."""
    left = chance.between(0.0, 1.0) * sum(shares.values())
    for name, share in shares.items():
        left -= share
        if left < 0:
            return name
    return next(iter(shares))
