"""One person explained at three levels: a sentence, the deciding facts, the claims.

"Why", "why not" and "cannot tell because ... is missing" are answered alike.
Nothing here says that the disease is absent: at most, that it is not suspected
from the data seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livedo.act.care import Care
from livedo.act.certainties import Certainties
from livedo.act.cited import cited
from livedo.act.consultation import Consultation
from livedo.act.differential import Diagnoses
from livedo.act.facts_in_words import FactWords, capitalised
from livedo.act.histology import Biopsies
from livedo.act.laboratory import LabTable
from livedo.act.mechanism import Mechanisms
from livedo.act.own_numbers import override_lines
from livedo.act.page import load_page
from livedo.act.parts import Deeper
from livedo.act.plan import Options
from livedo.act.precedence import CANNOT_TELL, OUTSIDE, Standing, standing
from livedo.act.prescriptions import DrugTable
from livedo.act.quantities_in_words import as_units
from livedo.act.reasons import facts_by_reference
from livedo.act.referral import Tables
from livedo.act.result import (
    DataAge,
    Explanation,
    ExplanationLine,
    FactLine,
    PatientResult,
)
from livedo.act.rows import Engine, Rows
from livedo.act.sections import Sections
from livedo.act.skin import SkinTable
from livedo.act.statements import StatementWords
from livedo.act.treatments import with_treatments
from livedo.act.workup import Workups
from livedo.record.tables import Fact, Instant, PatientRecord

LABS_DISAGREE = "patient_page.labs.disagree"


def explain(
    record: PatientRecord,
    engine: Engine,
    as_of: Instant,
    lang: str = "en",
    units: str = "si",
    *,
    time_zone: str = "UTC",
) -> Explanation:
    """Everything about one person at one moment, in words.

    Args:
        units: the system named first; the other stands beside it.
    """
    words = FactWords(engine.knowledge, lang, as_units(units, beside=True), time_zone)
    return Explainer(engine, words, units).explanation(record, as_of)


class Explainer:
    """Explains one person after the other."""

    def __init__(self, engine: Engine, words: FactWords, units: str = "si") -> None:
        self.words = words
        self.units = units
        self.rows = Rows(engine, words)
        self.book = self.rows.book
        self.sections = Sections(self.rows)
        self.labs = LabTable(self.book, words)
        self.drugs = DrugTable(self.book, words)
        self.skin = SkinTable(words)
        self.statements = StatementWords(words)
        self.certainties = Certainties(self.rows)
        self.workups = Workups(self.rows)
        self.biopsies = Biopsies(self.rows)
        self.diagnoses = Diagnoses(self.rows)
        self.options = Options(self.rows)
        self.care = Care(self.rows)
        self.mechanisms = Mechanisms(self.rows)

    def explanation(self, record: PatientRecord, as_of: Instant) -> Explanation:
        """One person at one moment."""
        every = self.rows.engine.judge(record, as_of)
        judgement = self.rows.screened(every)
        place = standing(judgement, self.book)
        case = Consultation(record, every, place, facts_by_reference(record))
        result = self.rows.result(record, judgement, place, is_full=True)
        parts = self.sections.of(record, judgement, place)
        shown = (*parts.danger, *parts.why, *parts.why_not, *parts.cannot_tell)
        drugs = self.drugs.lines(record, judgement)
        vocabulary = self.words.knowledge.vocabulary
        labs = with_treatments(self.labs.lines(record, as_of), drugs, vocabulary, as_of)
        palpation = self.rows.rounds.plan(record, judgement, place)
        skin = self.skin.lines(record, as_of, palpation.protected)
        workup = self.workups.workup(case)
        headline = self._headline(record, as_of, result)
        tables = Tables(headline, labs, skin, workup, parts.cannot_tell)
        plan = self.care.with_care(self.options.plan(case), case, tables)
        certainty = self.certainties.lines(case)
        deeper = Deeper(
            workup=workup,
            histology=self.biopsies.reading(case),
            differential=self.diagnoses.differential(case),
            plan=plan,
            mechanism=self.mechanisms.mechanism(case, plan),
        )
        named = (*_claims_of(shown), *cited(certainty), *cited(palpation), *cited(deeper))
        return Explanation(
            result=result,
            lang=self.words.lang,
            units=self.units,
            knowledge=judgement.knowledge,
            headline=headline,
            sentence=self._sentence(result, place),
            danger=parts.danger,
            why=parts.why,
            why_not=parts.why_not,
            why_not_note=self.words.text("why_not_note"),
            cannot_tell=parts.cannot_tell,
            facts=_facts_of(shown),
            claims=self.statements.lines((*named, *self._claims_of_labs())),
            certainty=certainty,
            labs=labs,
            drugs=drugs,
            skin=skin,
            palpation=palpation,
            workup=deeper.workup,
            histology=deeper.histology,
            differential=deeper.differential,
            plan=deeper.plan,
            mechanism=deeper.mechanism,
            data=self._data(record, as_of, parts.oldest_needed),
            review=self._review(shown),
            overrides=override_lines(self.words.knowledge, self.words.lang),
            closing=self.words.text("closing"),
        )

    def _claims_of_labs(self) -> tuple[str, ...]:
        """What the sentence under the laboratory figures rests on."""
        return self.words.wording.because(LABS_DISAGREE)

    def _headline(self, record: PatientRecord, as_of: Instant, result: PatientResult) -> str:
        key = "headline.unknown" if result.age is None else "headline.known"
        known = [self.words.text(key, sex=result.sex_text, age=result.age)]
        for family in load_page().headline:
            fact = self._first_active(record, family, as_of)
            if fact is not None:
                known.append(self._of_headline(fact, as_of))
        return "; ".join(known)

    def _of_headline(self, fact: Fact, as_of: Instant) -> str:
        if fact.concept.startswith("dialysis."):
            return self.words.phrase(fact, as_of)
        return self.words.name(fact.concept)

    def _first_active(
        self, record: PatientRecord, family: Sequence[str], as_of: Instant
    ) -> Fact | None:
        vocabulary = self.words.knowledge.vocabulary
        for concept in family:
            below = frozenset(vocabulary.descendants(concept))
            for fact in record.facts:
                is_known = fact.known_at <= as_of and fact.start_at <= as_of
                is_over = fact.end_at is not None and fact.start_at < fact.end_at <= as_of
                if fact.concept in below and fact.present == "yes" and is_known and not is_over:
                    return fact
        return None

    def _sentence(self, result: PatientResult, place: Standing) -> str:
        if place.state == OUTSIDE:
            return self.words.text(f"sentence.outside_{place.outside_reason}")
        if self.words.has(f"sentence.{place.state}"):
            return self.words.text(f"sentence.{place.state}")
        if place.certainty in {level.id for level in load_page().certainty} and result.why:
            return self._ended("sentence.suspected", why=result.why)
        if place.certainty == CANNOT_TELL and result.unknown_text:
            return self._ended("sentence.cannot_tell", what=result.unknown_text)
        if result.unknown_text:
            return self._ended("sentence.missing", what=result.unknown_text)
        return self.words.text("sentence.not_suspected")

    def _ended(self, key: str, **values: str) -> str:
        """A sentence with one full stop: a Danish month ends in one of its own."""
        text = self.words.text(key, **values)
        return text.removesuffix(".") if text.endswith("..") else text

    def _data(self, record: PatientRecord, as_of: Instant, oldest: tuple[Fact, ...]) -> DataAge:
        dates = self.words.dates
        known = [fact for fact in record.facts if fact.known_at <= as_of]
        newest = max((fact.known_at for fact in known), default=None)
        return DataAge(
            as_of_text=dates.moment(as_of),
            newest_on="" if newest is None else dates.short(newest, as_of),
            newest_days=None if newest is None else dates.days_between(newest, as_of),
            oldest_needed=self._oldest(oldest, as_of),
            observed=tuple(self._spans(record, as_of)),
            facts=len(known),
            notes=sum(1 for note in record.notes if note.known_at <= as_of),
            known_later=len(record.facts) - len(known),
        )

    def _oldest(self, facts: tuple[Fact, ...], as_of: Instant) -> str:
        """The oldest of the newest results that the answer rests on or lacks."""
        if not facts:
            return ""
        oldest = min(facts, key=lambda fact: (fact.start_at, fact.fact_id))
        what = f"{self.words.name(oldest.concept)} {self.words.when(oldest, as_of)}"
        days = self.words.dates.days_between(oldest.start_at, as_of)
        return self.words.text("lab.age", what=what, days=days)

    def _spans(self, record: PatientRecord, as_of: Instant) -> Iterable[str]:
        dates = self.words.dates
        for span in record.observed:
            name = self.words.find(f"domain.{span.domain}") or span.domain
            end = dates.full(min(span.to_at, as_of))
            key = "data.observed_history" if span.with_history else "data.observed"
            yield self.words.text(key, domain=name, start=dates.full(span.from_at), end=end)

    def _review(self, shown: Sequence[ExplanationLine]) -> str:
        """Said as long as one rule that speaks has no named reviewer."""
        ids = {line.rule for line in shown if line.rule in self.book.rules}
        if any(self.book.rules[id].review.by is None for id in ids):
            return capitalised(self.words.text("review.none")) + "."
        return ""


def _facts_of(lines: Iterable[ExplanationLine]) -> tuple[FactLine, ...]:
    """Every deciding fact once, in the order of its first line."""
    found: dict[str, FactLine] = {}
    for line in lines:
        for fact in line.facts:
            found.setdefault(fact.ref, fact)
    return tuple(found.values())


def _claims_of(lines: Iterable[ExplanationLine]) -> Iterable[str]:
    return dict.fromkeys(claim for line in lines for claim in line.claims)
