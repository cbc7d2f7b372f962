"""What the record holds of a course of calciphylaxis."""

from __future__ import annotations

from collections.abc import Iterator

from livedo.demo.nation.charts import LOOKED_AT, TOLD_AT
from livedo.demo.nation.courses import Course, Lesion
from livedo.demo.nation.days import Days
from livedo.demo.nation.rows import Written
from livedo.demo.nation.settings import CourseSettings, NationSettings

HISTOLOGY = ("histology.media_calcification", "histology.intimal_proliferation")
DIAGNOSIS = "condition.calciphylaxis"
SUBCUTIS = "histology.subcutis_present"


class Telling:
    """Tells courses as facts. `who` is the person's place among those written together."""

    def __init__(self, days: Days, nation: NationSettings, settings: CourseSettings) -> None:
        self._midnight = days.at
        self.nation = nation
        self.settings = settings

    def at(self, day: int, minutes: int = 0) -> int:
        """So many minutes after a day began."""
        return int(self._midnight(day, minutes))

    def on(self, day: int) -> tuple[int, int]:
        """The whole of a day."""
        return self.at(day), self.at(day + 1) - 1

    def told(self, who: int, course: Course) -> Iterator[Written]:
        """Every fact of a course."""
        for number, lesion in enumerate(course.lesions):
            for day in lesion.looked_at:
                yield from self._look(who, number, lesion, day)
        yield from self._several_ulcers(who, course)
        yield from self._wrong_name(who, course)
        yield from self._biopsy(who, course)
        yield from self._decisions(who, course)
        yield from self._treatments(who, course)
        if course.sepsis is not None:
            yield self._point(who, "condition.sepsis", course.sepsis, status="confirmed")

    def _sign(
        self, who: int, number: int, lesion: Lesion, day: int, concept: str, present: str = "yes"
    ) -> Written:
        at = self.at(day, LOOKED_AT)
        return Written(
            who,
            concept,
            (at, at),
            self.at(day, TOLD_AT),
            end=(at, at),
            present=present,
            body_site=lesion.place,
            side=lesion.side,
            lesion=number,
        )

    def _look(self, who: int, number: int, lesion: Lesion, day: int) -> Iterator[Written]:
        """One description: what is there, whether there is an ulcer, how it hurts."""
        is_healed = lesion.healed is not None and day >= lesion.healed
        is_open = lesion.ulcer is not None and lesion.ulcer <= day and not is_healed
        late = self.settings.late_signs
        found = () if is_healed else (*lesion.look.signs, *(late if is_open else ()))
        gone = lesion.look.signs if is_healed else ()
        for concept in found:
            yield self._sign(who, number, lesion, day, concept)
        for concept in (*gone, *(() if is_open else late[:1])):
            yield self._sign(who, number, lesion, day, concept, "no")
        if is_healed:
            yield self._sign(who, number, lesion, day, "wound.healed")
        pain = "none" if is_healed else lesion.late_pain if is_open else lesion.pain
        told = self._sign(who, number, lesion, day, "sign.lesion_pain")
        yield told._replace(interpretation=pain)
        if is_open:
            yield self._sign(who, number, lesion, day, "wound.area")._replace(value=lesion.area)

    def _several_ulcers(self, who: int, course: Course) -> Iterator[Written]:
        """Two or more ulcers, on each day on which they are described."""
        open_ones = [lesion for lesion in course.lesions if lesion.ulcer is not None]
        if len(open_ones) < 2:
            return
        since = sorted(lesion.ulcer for lesion in open_ones if lesion.ulcer is not None)[1]
        healed = open_ones[0].healed
        for day in open_ones[0].looked_at:
            if day >= since and (healed is None or day < healed):
                told = self._sign(who, 0, open_ones[0], day, "sign.several_ulcers")
                yield told._replace(body_site=None, side=None, lesion=-1)

    def _point(
        self, who: int, concept: str, day: int, known: int | None = None, status: str = "completed"
    ) -> Written:
        span = self.on(day)
        known_at = self.on(known if known is not None else day)[1]
        return Written(who, concept, span, max(known_at, span[1]), end=span, status=status)

    def _wrong_name(self, who: int, course: Course) -> Iterator[Written]:
        if course.wrong_name is None or course.wrong_on is None or course.wrong_until is None:
            return
        wrong = self.settings.wrong_names[course.wrong_name]
        span, ends = self.on(course.wrong_on), self.on(course.wrong_until)
        if wrong.condition is not None:
            yield Written(who, wrong.condition, span, span[1], end=ends, status="confirmed")
        if wrong.drug is not None:
            at, dose = self.at(course.wrong_on, LOOKED_AT), self.nation.antibacterial
            yield Written(
                who,
                wrong.drug,
                (at, at),
                at,
                end=ends,
                status="stopped",
                dose=dose.dose,
                dose_unit=dose.unit,
                route=dose.route,
            )

    def _biopsy(self, who: int, course: Course) -> Iterator[Written]:
        biopsy = course.biopsy
        if biopsy is None:
            return
        if biopsy.is_coded:
            yield self._point(who, "procedure.skin_biopsy", biopsy.on)
        lesion = course.lesions[0]
        at, known = self.at(biopsy.on, LOOKED_AT), self.at(biopsy.known, TOLD_AT)
        answers = dict.fromkeys(HISTOLOGY, biopsy.is_characteristic)
        for concept, is_there in (answers | {SUBCUTIS: biopsy.has_fat}).items():
            yield Written(
                who,
                concept,
                (at, at),
                known,
                end=(at, at),
                present="yes" if is_there else "no",
                body_site=lesion.place,
                side=lesion.side,
                lesion=0,
            )

    def _decisions(self, who: int, course: Course) -> Iterator[Written]:
        if course.decided is None:
            return
        at, told = self.at(course.decided, LOOKED_AT), self.at(course.decided, TOLD_AT)
        if course.excluded_others:
            yield Written(who, "decision.alternatives_excluded", (at, at), told, end=(at, at))
        span, name = self.on(course.decided), DIAGNOSIS
        if course.is_refuted:
            yield Written(who, name, span, span[1], present="no", status="refuted")
        elif course.coded_known is not None:
            known = self.on(course.coded_known)[1]
            yield Written(who, name, span, known, status="confirmed")
        if course.billed_known is not None:
            known = self.on(course.billed_known)[1]
            billed = "condition.calcium_metabolism_disorder_other"
            yield Written(who, billed, span, known, status="confirmed")
        if course.scanned is not None:
            yield self._point(who, "procedure.bone_scan", course.scanned)
            yield Written(who, "imaging.bone_scan_uptake", (at, at), told, end=(at, at))

    def _treatments(self, who: int, course: Course) -> Iterator[Written]:
        for name, first, last in course.treatments:
            treatment = self.settings.treated[name]
            at = self.at(first, LOOKED_AT)
            yield Written(
                who,
                name,
                (at, at),
                at,
                end=self.on(last),
                status="stopped",
                dose=treatment.dose,
                dose_unit=treatment.unit,
                route=treatment.route,
            )
