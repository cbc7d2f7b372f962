"""One biopsy read item by item. Nothing here confirms: that needs the clinical picture too.

Findings of several biopsies are never put together: the rules of the reading are asked
about the newest sample alone, and the others are only mentioned.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from livedo.act.consultation import Consultation
from livedo.act.parts import HistologyItem, HistologyReading
from livedo.act.rows import Rows
from livedo.assess.logic import YES
from livedo.assess.samples import Sample, samples_among
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED
from livedo.record.tables import Fact

NOT_ENOUGH = "not_enough"


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing reported or one pattern, and its rule."""

    id: str
    rule: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verdict, reached when one of its rules says yes."""

    id: str
    rules: tuple[str, ...]


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file `knowledge/histopathology.yaml`."""

    recorded: tuple[str, ...]
    items: tuple[Item, ...]
    verdicts: tuple[Verdict, ...]
    resembles: tuple[Item, ...]
    adequate: str
    nodule_link: str
    because: tuple[str, ...]


@functools.cache
def load_reading() -> Reading:
    """How a biopsy is read, read once a process."""
    return read_file(SHIPPED / "histopathology.yaml", Reading)


class Biopsies:
    """Reads biopsies."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words

    def reading(self, case: Consultation) -> HistologyReading | None:
        """What the newest sample says, if a biopsy was taken."""
        plan = load_reading()
        taken = (f for f in case.known(plan.recorded) if _is_taken(f.concept, f.present))
        known = list(taken)
        if not known:
            return None
        samples = samples_among(filter(_is_microscopy, known))
        newest = max(known, key=lambda fact: (fact.start_at, fact.fact_id))
        if samples:
            sample = _newest(samples, known)
            case = self._of_one_sample(sample, case)
            newest = max(
                (fact for fact in known if _is_microscopy(fact) and sample.holds(fact) is YES),
                key=lambda fact: (fact.start_at, fact.fact_id),
            )
        verdict = _verdict(plan, case)
        adequate = case.status(plan.adequate)
        return HistologyReading(
            verdict=verdict,
            text=self._say(f"verdict.{verdict}"),
            items=tuple(
                self._item(item, case) for item in plan.items if item.rule in self.book.rules
            ),
            resembles=tuple(
                self._say(f"resembles.{like.id}")
                for like in plan.resembles
                if case.is_yes(like.rule)
            ),
            is_adequate=adequate.value,
            adequacy=self._say(f"adequacy.{adequate.value}"),
            note=self._note(plan, case, len(samples) - 1),
            on=self.words.when(newest, case.as_of),
            claims=plan.because,
        )

    def _item(self, item: Item, case: Consultation) -> HistologyItem:
        answer = case.answer(item.rule)
        return HistologyItem(
            id=item.id,
            text=self.rows.reasons.title(item.rule),
            status=answer.status.value,
            meaning=self._say(f"meaning.{item.id}"),
            evidence=answer.evidence,
            claims=self.book.rules[item.rule].because,
        )

    def _of_one_sample(self, sample: Sample, case: Consultation) -> Consultation:
        """The same person as if no other biopsy had been read."""
        facts = tuple(
            fact
            for fact in case.record.facts
            if not _is_microscopy(fact) or sample.holds(fact) is YES
        )
        alone = msgspec.structs.replace(case.record, facts=facts)
        return replace(case, judgement=self.rows.engine.judge(alone, case.as_of))

    def _note(self, plan: Reading, case: Consultation, others: int) -> str:
        said = [self._say("nodules")] if case.is_yes(plan.nodule_link) else []
        if others > 0:
            said.append(self._say("others", count=others))
        return " ".join((*said, self._say("note")))

    def _say(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"histology.{key}", **values)


def _is_microscopy(fact: Fact) -> bool:
    return fact.concept.startswith("histology.")


def _newest(samples: Sequence[Sample], facts: Sequence[Fact]) -> Sample:
    """The newest sample; of several of one day, the one that most is told of."""

    def told(sample: Sample) -> int:
        return sum(_is_microscopy(fact) and sample.holds(fact) is YES for fact in facts)

    of_the_day = [sample for sample in samples if sample.days == samples[-1].days]
    return max(of_the_day, key=told)


def _is_taken(concept: str, present: str) -> bool:
    """A finding examined and absent was still read in a sample; a biopsy not done was not."""
    return concept.startswith("histology.") or present == "yes"


def _verdict(plan: Reading, case: Consultation) -> str:
    for verdict in plan.verdicts:
        if any(case.is_yes(rule) for rule in verdict.rules):
            return verdict.id
    return NOT_ENOUGH
