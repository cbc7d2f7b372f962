"""What a page about a rule shows, in one language: the same structs for the page and its twin."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.act.result import ClaimLine
from livedo.act.rows import age_at
from livedo.act.statements import StatementWords
from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.casefile import Case, read_case_file
from livedo.knowledge.cases import run_case
from livedo.knowledge.clauses import Clauses
from livedo.knowledge.invented import patient_from_case
from livedo.knowledge.load import SHIPPED, Knowledge
from livedo.knowledge.overrides import (
    Adjustable,
    Override,
    adjustables,
    overrides_of,
    protected_from,
    shipped,
)
from livedo.knowledge.overrides_in_words import (
    bounds_text,
    number_named,
    override_texts,
    unit_text,
    units_of,
    value_text,
)
from livedo.knowledge.prose import answer_lines, grade_text, number_sources, review_text
from livedo.knowledge.schema import Rule
from livedo.knowledge.teaching import load_findings
from livedo.knowledge.tree import rules_named
from livedo.record.tables import Instant, Person
from livedo.surfaces.words import words


class RuleLink(msgspec.Struct, frozen=True, kw_only=True):
    """Another rule, by its title."""

    id: str
    title: str


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the list."""

    id: str
    kind: str
    title: str
    asks: str
    grade: str
    numbers: tuple[str, ...]
    """What a centre may change, and how far."""
    is_changed: bool
    is_reviewed: bool
    sought: str = ""
    """What the search looks in, in small letters."""

    @property
    def is_adjustable(self) -> bool:
        """Whether a centre may change a number of it."""
        return bool(self.numbers)


class NumberView(msgspec.Struct, frozen=True, kw_only=True):
    """A number that a centre may change: what it is now, as shipped, and its bounds."""

    field: str
    name: str
    now: str
    shipped: str
    bounds: str
    is_changed: bool
    figure: str
    """The number now, without its unit of measure."""
    unit: str
    units: tuple[tuple[str, str], ...]
    """The units of measure it may be written in: as files have them, as people write them."""


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One invented patient: what is known, what the rule must answer, what it answers."""

    name: str
    has: tuple[str, ...]
    expected: str
    shipped: str
    own: str | None = None
    """With the centre's number; None where it has none."""


class ThresholdView(msgspec.Struct, frozen=True, kw_only=True):
    """A number that a source states."""

    id: str
    meaning: str
    numbers: str
    source: str
    url: str
    strength: str
    not_for: str
    is_local: bool


class RulePage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one rule."""

    id: str
    kind: str
    kind_title: str
    title: str
    asks: str
    answer: tuple[str, ...]
    grade: str
    note: str
    teaches: str
    review: str
    is_reviewed: bool
    is_protected: bool
    """Whether no centre may change any number of its kind."""
    sources: tuple[str, ...]
    numbers: tuple[NumberView, ...]
    overrides: tuple[Override, ...]
    override_texts: tuple[str, ...]
    thresholds: tuple[ThresholdView, ...]
    claims: tuple[ClaimLine, ...]
    next_steps: tuple[str, ...]
    ask_for: tuple[str, ...]
    asks_rules: tuple[RuleLink, ...]
    used_by: tuple[RuleLink, ...]
    keeps: tuple[RuleLink, ...]
    """The danger and safety rules that keep the shipped number."""
    cases: tuple[CaseView, ...]
    knowledge: str


class RulePages:
    """The pages of one version of the knowledge in one language and choice of units."""

    def __init__(
        self, engine: PythonEngine, knowledge: Knowledge, words_of_facts: FactWords
    ) -> None:
        self.engine = engine
        self.knowledge = knowledge
        self.base = shipped(knowledge)
        self.words = words_of_facts
        self.lang = words_of_facts.lang
        self.clauses = Clauses(self.base, self.lang)
        self.statements = StatementWords(words_of_facts)
        self._case_words = FactWords(self.base, words_of_facts.lang, words_of_facts.units)
        """Invented patients live in UTC, wherever the reader's patients are."""

    # -- the list ----------------------------------------------------------------------------

    @functools.cached_property
    def rows(self) -> tuple[RuleRow, ...]:
        """Every rule, by kind in the order of the kinds, then by id."""
        order = {kind: at for at, kind in enumerate(self.base.kinds)}
        rules = sorted(self.base.rules.values(), key=lambda r: (order.get(r.kind, 99), r.id))
        return tuple(self._row(rule) for rule in rules)

    def _row(self, rule: Rule) -> RuleRow:
        title, asks = getattr(rule.title, self.lang), getattr(rule.asks, self.lang)
        return RuleRow(
            id=rule.id,
            kind=rule.kind,
            title=title,
            asks=asks,
            grade=grade_text(rule, self.base, self.lang),
            numbers=tuple(self._offered(each) for each in adjustables(rule)),
            is_changed=any(True for _ in overrides_of(rule.id, self.knowledge)),
            is_reviewed=rule.review.by is not None,
            sought=" ".join((rule.id, title, asks, *rule.because)).casefold(),
        )

    def _offered(self, each: Adjustable) -> str:
        now = value_text(each.number, self._now(each), self.clauses)
        return f"{number_named(each.field, self.clauses)}: {now}"

    def _now(self, each: Adjustable) -> str:
        changed = {o.field: o.value for o in overrides_of(each.rule, self.knowledge)}
        return changed.get(each.field, each.number.text)

    def kind_title(self, kind: str) -> str:
        """The name of a kind of rules."""
        known = self.base.kinds.get(kind)
        return kind if known is None else str(getattr(known, self.lang))

    # -- one rule ----------------------------------------------------------------------------

    def page(self, rule_id: str) -> RulePage | None:
        """Everything about one rule; None if there is none of this id."""
        if rule_id not in self.base.rules:
            return None
        rule = self.knowledge.rules[rule_id]
        note, taught = rule.note, load_findings().get(rule.id)
        kind = self.base.kinds.get(rule.kind)
        return RulePage(
            id=rule.id,
            kind=rule.kind,
            kind_title=self.kind_title(rule.kind),
            title=getattr(rule.title, self.lang),
            asks=getattr(rule.asks, self.lang),
            answer=tuple(answer_lines(rule, self.knowledge, self.lang)),
            grade=grade_text(rule, self.base, self.lang),
            note="" if note is None else getattr(note, self.lang),
            teaches="" if taught is None else taught.text(self.lang),
            review=review_text(rule, self.base, self.lang),
            is_reviewed=rule.review.by is not None,
            is_protected=kind is None or not kind.is_adjustable,
            sources=tuple(number_sources(rule, self.knowledge, self.lang)),
            numbers=tuple(self._number(each) for each in adjustables(self.base.rules[rule_id])),
            overrides=tuple(overrides_of(rule_id, self.knowledge)),
            override_texts=tuple(override_texts(rule_id, self.knowledge, self.lang)),
            thresholds=tuple(self._thresholds(rule)),
            claims=self.statements.lines(rule.because),
            next_steps=tuple(self._next_steps(rule)),
            ask_for=tuple(self.words.label(name) for name in rule.if_unknown.ask_for),
            asks_rules=self.links(rules_named(self.base.rules[rule_id].when)),
            used_by=self.links(self._asking.get(rule_id, ())),
            keeps=self.links(protected_from(rule_id, self.base)) if rule.adjustable else (),
            cases=tuple(self._cases(rule_id)),
            knowledge=self.knowledge.version,
        )

    def links(self, ids: Iterable[str]) -> tuple[RuleLink, ...]:
        """Rules by their titles."""
        rules = self.base.rules
        return tuple(
            RuleLink(id=id, title=getattr(rules[id].title, self.lang))
            for id in sorted(set(ids))
            if id in rules
        )

    @functools.cached_property
    def _asking(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for rule in self.base.rules.values():
            for asked in rules_named(rule.when):
                found.setdefault(asked, []).append(rule.id)
        return found

    def _number(self, each: Adjustable) -> NumberView:
        now = self._now(each)
        figure, _, unit = now.partition(" ")
        offered = units_of(each, self.base)
        if unit not in offered:
            unit = offered[0]
        return NumberView(
            field=each.field,
            name=number_named(each.field, self.clauses),
            now=value_text(each.number, now, self.clauses),
            shipped=value_text(each.number, each.number.text, self.clauses),
            bounds=bounds_text(each, self.clauses),
            is_changed=now != each.number.text,
            figure=figure,
            unit=unit,
            units=tuple((name, unit_text(name, self.clauses)) for name in offered if name),
        )

    def _thresholds(self, rule: Rule) -> Iterator[ThresholdView]:
        for name in dict.fromkeys(rule.threshold_from):
            each = self.base.thresholds.get(name)
            if each is None:
                continue
            source = each.source
            title = "" if source is None else f"{source.title}, {source.year or ''}"
            numbers = [self.clauses.number(f"{n.value:g} {n.unit}".strip()) for n in each.numbers()]
            yield ThresholdView(
                id=each.id,
                meaning=each.meaning_da if self.lang == "da" else each.meaning,
                numbers="; ".join(numbers),
                source=title.removesuffix(", "),
                url="" if source is None else source.url or "",
                strength=each.strength,
                not_for=each.not_for,
                is_local=each.is_local,
            )

    def _next_steps(self, rule: Rule) -> Iterator[str]:
        steps = self.base.next_steps
        return (getattr(steps[name], self.lang) for name in rule.then if name in steps)

    # -- the invented patients beside it -----------------------------------------------------

    def _cases(self, rule_id: str) -> Iterator[CaseView]:
        path = SHIPPED / "cases" / f"{rule_id}.yaml"
        if not path.is_file():
            return
        is_changed = any(True for _ in overrides_of(rule_id, self.knowledge))
        for case in read_case_file(path).cases:
            yield CaseView(
                name=case.name,
                has=tuple(self._has(case)),
                expected=case.expect,
                shipped=run_case(self._shipped_engine, self.base, rule_id, case).got,
                own=run_case(self.engine, self.base, rule_id, case).got if is_changed else None,
            )

    @functools.cached_property
    def _shipped_engine(self) -> PythonEngine:
        return self.engine if self.knowledge is self.base else PythonEngine(self.base)

    def _has(self, case: Case) -> Iterator[str]:
        """What is known of an invented patient, in the reader's words."""
        record, as_of = patient_from_case(case, self.base.vocabulary)
        told = self._case_words
        yield from self._who(record.person, as_of)
        yield from (told.line(fact, as_of).text for fact in record.facts)
        domains = dict.fromkeys(span.domain for span in record.observed)
        if domains:
            names = ", ".join(told.find(f"domain.{domain}") or domain for domain in domains)
            yield words(self.lang).text("rules_page.case_observed", domains=names)

    def _who(self, person: Person, as_of: Instant) -> Iterator[str]:
        """Sex, age and death, as far as the case says."""
        if person.sex != "unknown":
            yield capitalised(self._case_words.text(f"sex.{person.sex}"))
        age = age_at(person, as_of)
        if age is not None:
            yield words(self.lang).count("rules_page.case_age", age)
        if person.is_dead:
            yield words(self.lang).text("rules_page.case_died")
