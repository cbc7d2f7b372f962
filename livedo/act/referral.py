"""A summary for the five specialties that prints on one page and names nobody."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from livedo.act.consultation import Consultation
from livedo.act.facts_in_words import capitalised
from livedo.act.parts import Referral, Workup
from livedo.act.prescriptions import is_active
from livedo.act.reasons import ReasonWords
from livedo.act.result import ExplanationLine, LabLine, LesionLine
from livedo.act.rows import Rows
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED
from livedo.record.tables import Fact

Paragraph = tuple[str, tuple[str, ...]]


class Specialty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One specialty and when it is asked."""

    id: str
    when: tuple[str, ...] = ()


class ReferralPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`knowledge/referral.yaml`."""

    offered: tuple[str, ...]
    known: str
    max_lines: int
    specialties: tuple[Specialty, ...]
    room: dict[str, int]
    course: tuple[str, ...]
    drugs: tuple[str, ...]
    risks: tuple[str, ...]
    done: tuple[str, ...]
    biopsy: str
    because: tuple[str, ...]


@functools.cache
def load_referral() -> ReferralPart:
    """The shipped file, read once a process."""
    return read_file(SHIPPED / "referral.yaml", ReferralPart)


@dataclass(frozen=True)
class Tables:
    """What the page already worded, so that the summary says the same."""

    headline: str
    labs: tuple[LabLine, ...] = ()
    skin: tuple[LesionLine, ...] = ()
    workup: Workup | None = None
    cannot_tell: tuple[ExplanationLine, ...] = ()


class Referrals:
    """Makes summaries."""

    def __init__(self, rows: Rows) -> None:
        self.words = rows.words
        self.reasons = ReasonWords(rows.book, rows.words)
        self.part = load_referral()

    def summary(self, case: Consultation, tables: Tables) -> Referral | None:
        """One page for a suspected or known disease; nothing for anybody else."""
        if case.has_left or not any(map(case.is_yes, self.part.offered)):
            return None
        is_known = case.is_yes(self.part.known)
        paragraphs = [
            ("question", [self._text("question")]),
            ("who", [tables.headline, self._as_of(case)]),
            ("findings", self._findings(tables.skin)),
            ("course", self._course(case)),
            ("drugs", self._drugs(case)),
            ("laboratory", [self._lab(line) for line in tables.labs]),
            ("workup", self._workup(tables.workup)),
            ("biopsy", self._biopsy(case)),
            ("unknown", self._unknown(tables.cannot_tell)),
            ("done", self._done(case)),
            ("sources", [self._sources(case)]),
        ]
        return Referral(
            title=self._text("title_known" if is_known else "title"),
            specialties=tuple(self._asked(case)),
            paragraphs=tuple(self._paragraph(id, lines) for id, lines in paragraphs if lines),
            claims=self._claims(case),
        )

    def _text(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"care.referral.{key}", **values)

    def _paragraph(self, id: str, lines: Sequence[str]) -> Paragraph:
        room = self.part.room.get(id, len(lines))
        shown = tuple(lines[:room])
        if len(lines) > room:
            shown = (*shown[:-1], f"{shown[-1]}; {self._text('more', n=len(lines) - room)}")
        return self._text(f"heading.{id}"), shown

    def _asked(self, case: Consultation) -> Iterable[str]:
        for one in self.part.specialties:
            if not one.when or any(map(case.is_yes, one.when)):
                yield self._text(f"specialty.{one.id}")

    def _as_of(self, case: Consultation) -> str:
        text = self._text("as_of", on=self.words.dates.full(case.as_of))
        return text.replace("..", ".")

    def _findings(self, skin: Sequence[LesionLine]) -> list[str]:
        return [self._finding(lesion) for lesion in skin] or [self._text("no_findings")]

    def _finding(self, lesion: LesionLine) -> str:
        told = (("seen", lesion.seen), ("felt", lesion.felt), ("pain", lesion.pain))
        what = "; ".join(self._text(key, what=text) for key, text in told if text)
        site = capitalised(lesion.site_text or lesion.label)
        return self._text(
            "finding", site=site, what=what, first=lesion.first_on, last=lesion.last_on
        )

    def _told(self, rules: Iterable[str], case: Consultation) -> list[str]:
        return [
            self.reasons.finding(case.answer(id), case.facts, case.judgement)
            for id in rules
            if case.is_yes(id)
        ]

    def _course(self, case: Consultation) -> list[str]:
        return self._told(self.part.course, case)

    def _drugs(self, case: Consultation) -> list[str]:
        used = [f for f in self._of(self.part.drugs, case) if is_active(f, case.as_of) != "no"]
        lines = self._phrases(used, case) or [self._text("no_drug")]
        return [*lines, *self._told(self.part.risks, case)]

    def _of(self, concepts: Iterable[str], case: Consultation) -> list[Fact]:
        vocabulary = self.words.knowledge.vocabulary
        below = [id for concept in concepts for id in vocabulary.descendants(concept)]
        found = case.known(below)
        return [f for f in found if f.present == "yes" and f.start_from <= case.as_of]

    def _phrases(self, facts: Iterable[Fact], case: Consultation) -> list[str]:
        """The newest of each first."""
        ordered = sorted(facts, key=lambda fact: (-fact.start_at, fact.fact_id))
        newest = {fact.concept: fact for fact in reversed(ordered)}
        kept = [fact for fact in ordered if newest[fact.concept] is fact]
        return [capitalised(self.words.phrase(fact, case.as_of)) for fact in kept]

    def _lab(self, line: LabLine) -> str:
        if not line.latest_si:
            return self._text("never", what=line.label)
        old = self._text("too_old") if line.is_too_old else ""
        both = f" ({line.latest_conventional})" if line.latest_conventional else ""
        value = f"{line.latest_si}{both}"
        return self._text("lab", what=line.label, value=value, on=line.latest_on, old=old)

    def _workup(self, workup: Workup | None) -> list[str]:
        if workup is None:
            return []
        lines = []
        for status, key in (("done", "ready"), ("stale", "stale"), ("missing", "missing")):
            found = [line.text for line in workup.lines if line.status == status]
            if found:
                lines.append(self._text(key, what=", ".join(dict.fromkeys(found))))
        return lines

    def _biopsy(self, case: Consultation) -> list[str]:
        taken = self._of([self.part.biopsy], case)
        return self._phrases(taken, case)[:1] or [self._text("no_biopsy")]

    def _unknown(self, lines: Sequence[ExplanationLine]) -> list[str]:
        return [line.text for line in lines] or [self._text("nothing_unknown")]

    def _done(self, case: Consultation) -> list[str]:
        done = self._phrases(self._of(self.part.done, case), case)
        return done or [self._text("nothing_done")]

    def _sources(self, case: Consultation) -> str:
        claims = ", ".join(self._claims(case))
        return self._text("sources", version=case.judgement.knowledge, claims=claims)

    def _claims(self, case: Consultation) -> tuple[str, ...]:
        """What stands behind the summary and behind each rule that it tells."""
        told = [id for id in (*self.part.course, *self.part.risks) if case.is_yes(id)]
        found = [claim for id in told for claim in self.reasons.book.rules[id].because]
        return tuple(dict.fromkeys((*self.part.because, *found)))


def lines_of(referral: Referral) -> int:
    """How many lines the page takes: a heading stands on the first line of its part."""
    inside = sum(len(lines) for _, lines in referral.paragraphs)
    return 1 + len(referral.specialties) + inside
