"""Every source of calcium of one person side by side, each in its own unit."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from livedo.act.consultation import Consultation
from livedo.act.facts_in_words import capitalised
from livedo.act.parts import CalciumLoad, CalciumSource
from livedo.act.prescriptions import is_active
from livedo.act.rows import Rows
from livedo.instants import DAY
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED
from livedo.record.tables import Fact

Kind = Literal["oral", "dialysate", "vitamin_d", "other"]
_STRENGTH = r"(?<![\d.,]){mg}\s*mg\b"


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Drugs of one kind."""

    kind: Kind
    concepts: tuple[str, ...]


class Salt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a salt is calcium, and the strengths that are named as salt."""

    fraction: float
    strengths: tuple[int, ...] = ()


class Dialysate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a dialysate prescription is today's, and where one is expected."""

    concept: str
    within_days: int
    expected_when: str


class Alternative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the calcium-free alternative is due, and what counts as one."""

    rule: str
    drugs: tuple[str, ...]


class CalciumPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`knowledge/calcium_load.yaml`."""

    groups: tuple[Group, ...]
    oral_routes: tuple[str, ...]
    threshold_from: str
    salts: dict[str, Salt]
    means_calcium: tuple[str, ...]
    dialysate: Dialysate
    any_source: str
    alternative: Alternative
    because: tuple[str, ...]
    evidence: tuple[str, ...]


@functools.cache
def load_calcium() -> CalciumPart:
    """The shipped file, read once a process."""
    return read_file(SHIPPED / "calcium_load.yaml", CalciumPart)


class CalciumLoads:
    """Reviews the calcium of one person after the other."""

    def __init__(self, rows: Rows) -> None:
        self.words = rows.words
        self.part = load_calcium()

    def review(self, case: Consultation) -> CalciumLoad:
        """All sources; a sum only of oral salts whose doses are all known."""
        drugs = list(self._drugs(case))
        sources = [self._drug(kind, fact, case) for kind, fact in drugs]
        sources += self._dialysate(case)
        return CalciumLoad(
            sources=tuple(sources),
            oral_total=self._total([fact for kind, fact in drugs if kind == "oral"], case),
            text=self._text("text") if sources else self._without(case),
            alternative=self._alternative(case) if sources else "",
            claims=(*self.part.because, *self.part.evidence) if sources else self.part.because,
        )

    def _text(self, key: str, **values: object) -> str:
        return self.words.wording.text(f"care.calcium.{key}", **values)

    def _without(self, case: Consultation) -> str:
        return self._text("unknown" if case.is_unknown(self.part.any_source) else "none")

    def _drugs(self, case: Consultation) -> Iterable[tuple[Kind, Fact]]:
        """Drugs in use, and those of which nobody knows whether they still are."""
        for group in self.part.groups:
            for fact in case.record.facts:
                is_here = fact.present != "no" and fact.known_at <= case.as_of
                if not is_here or fact.start_from > case.as_of or self._group(fact) is not group:
                    continue
                if is_active(fact, case.as_of) != "no":
                    yield self._kind(group, fact), fact

    def _group(self, fact: Fact) -> Group | None:
        above = self.words.knowledge.vocabulary.ancestors(fact.concept)
        groups = self.part.groups
        return next((g for g in groups if not frozenset(above).isdisjoint(g.concepts)), None)

    def _kind(self, group: Group, fact: Fact) -> Kind:
        by_mouth = fact.route is None or fact.route in self.part.oral_routes
        return group.kind if by_mouth or group.kind != "oral" else "other"

    def _drug(self, kind: Kind, fact: Fact, case: Consultation) -> CalciumSource:
        amount = self._amount(kind, fact)
        is_sure = is_active(fact, case.as_of) == "yes" and fact.present == "yes"
        is_known = self._elemental(fact) is not None if kind == "oral" else self._has_dose(fact)
        return CalciumSource(
            concept=fact.concept,
            kind=kind,
            text=capitalised(self.words.name(fact.concept)),
            amount=amount if is_sure else self._text("maybe", text=amount),
            is_known=is_sure and is_known,
            since=self.words.began(fact, case.as_of),
            evidence=(f"fact:{fact.fact_id}",),
        )

    def _has_dose(self, fact: Fact) -> bool:
        return fact.dose_per_day is not None

    def _amount(self, kind: Kind, fact: Fact) -> str:
        if fact.dose_per_day is None:
            return self._text("dose_unknown")
        dose = self.words.quantities.dose(fact.concept, fact.dose_per_day)
        if kind != "oral":
            return dose
        if self._names_calcium(fact):
            return self._text("as_calcium", dose=dose)
        salt = self.part.salts.get(fact.concept)
        if salt is None:
            return self._text("not_elemental", dose=dose)
        calcium = self._text("mg_a_day", n=self._number(fact.dose_per_day * salt.fraction))
        key = "either" if self._elemental(fact) is None else "elemental"
        return self._text(key, dose=dose, calcium=calcium)

    def _elemental(self, fact: Fact) -> float | None:
        """Elemental mg a day; None unless it is known whether salt or calcium was meant."""
        if fact.dose_per_day is None:
            return None
        if self._names_calcium(fact):
            return fact.dose_per_day
        salt = self.part.salts.get(fact.concept)
        if salt is None or not self._names_salt(fact):
            return None
        return fact.dose_per_day * salt.fraction

    def _names_calcium(self, fact: Fact) -> bool:
        """Whether the record names calcium, and no strength of the salt beside it."""
        said = (fact.original or "").casefold()
        is_named = any(words in said for words in self.part.means_calcium)
        return is_named and not self._names_strength(fact)

    def _names_salt(self, fact: Fact) -> bool:
        """Whether the record names a strength of the salt, and no calcium beside it."""
        said = (fact.original or "").casefold()
        is_calcium = any(words in said for words in self.part.means_calcium)
        return self._names_strength(fact) and not is_calcium

    def _names_strength(self, fact: Fact) -> bool:
        salt = self.part.salts.get(fact.concept)
        strengths = salt.strengths if salt else ()
        said = fact.original or ""
        return any(re.search(_STRENGTH.format(mg=mg), said) for mg in strengths)

    def _number(self, milligrams: float) -> str:
        return self.words.quantities.number(milligrams, 0)

    def _total(self, facts: list[Fact], case: Consultation) -> str:
        if len({fact.concept for fact in facts}) < len(facts):
            return ""  # One prescription may stand in two sources: a sum would count it twice.
        known = [self._elemental(fact) for fact in facts]
        sure = all(is_active(f, case.as_of) == "yes" and f.present == "yes" for f in facts)
        doses = [dose for dose in known if dose is not None]
        if not facts or not sure or len(doses) < len(facts):
            return ""
        return self._text("total", n=self._number(sum(doses)))

    def _dialysate(self, case: Consultation) -> list[CalciumSource]:
        part = self.part.dialysate
        baths = [f for f in case.known([part.concept]) if f.start_at <= case.as_of]
        if baths:
            return [self._bath(max(baths, key=lambda f: (f.start_at, f.fact_id)), case)]
        if not case.is_yes(part.expected_when):
            return []
        text, amount = self._text("no_dialysate"), self._text("not_recorded")
        return [
            CalciumSource(
                concept=part.concept, kind="dialysate", text=text, amount=amount, is_known=False
            )
        ]

    def _bath(self, fact: Fact, case: Consultation) -> CalciumSource:
        is_fresh = fact.start_from >= case.as_of - self.part.dialysate.within_days * DAY
        value = self.words.value(fact) or self._text("not_recorded")
        return CalciumSource(
            concept=fact.concept,
            kind="dialysate",
            text=capitalised(self.words.name(fact.concept)),
            amount=value if is_fresh else self._text("stale", value=value),
            is_known=is_fresh and fact.low is not None,
            since=self.words.when(fact, case.as_of),
            evidence=(f"fact:{fact.fact_id}",),
        )

    def _alternative(self, case: Consultation) -> str:
        is_due = case.is_yes(self.part.alternative.rule)
        text = self._text("alternative_now" if is_due else "alternative")
        vocabulary = self.words.knowledge.vocabulary
        below = [id for drug in self.part.alternative.drugs for id in vocabulary.descendants(drug)]
        used = [
            self.words.name(fact.concept)
            for fact in case.known(below)
            if fact.present == "yes" and fact.start_from <= case.as_of
            if is_active(fact, case.as_of) == "yes"
        ]
        if not used:
            return text
        return f"{text} {self._text('in_use', what=', '.join(dict.fromkeys(used)))}"
