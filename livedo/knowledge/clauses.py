"""Conditions as clauses of plain language; every sentence is a text of `wording/*/prose.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from livedo.errors import UnknownUnit
from livedo.knowledge import schema
from livedo.knowledge.load import Knowledge
from livedo.knowledge.numbers import Measure, Number, amount
from livedo.knowledge.schema import Condition
from livedo.knowledge.tree import LIMIT_FACTORS, Node, children, kind_of

SIMPLE_PARTS = 3
"""So many plain parts still read well in one sentence; more become a list."""

ANY_TIME_DAYS = 36_500
"""A window of a hundred years means at any time."""

_FINDINGS = ("sign", "wound", "imaging", "histology")
_AFTER_COMMA = re.compile(r"([^,]+), ([^,]+)")
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_SQUARE = re.compile(r"(?<=[A-Za-z])2")
_LETTERS = re.compile(r"[A-Za-z]+")
_LITRE = re.compile(r"L(?=$|[/²])")
_NO_UNIT = ("1", "{score}", "{titer}", "{INR}")
_OPPOSITES = {"yes": "no", "no": "yes", "unknown": "known"}


class Clauses:
    """Words conditions in one language."""

    def __init__(self, knowledge: Knowledge, language: str) -> None:
        self.knowledge = knowledge
        self.language = language
        self.words = knowledge.wording(language)
        self._leaf: dict[type[Any], Callable[[Any], str]] = {
            schema.Latest: self._latest,
            schema.LastN: self._last_n,
            schema.Change: self._change,
            schema.Product: self._product,
            schema.Active: lambda c: self._held("active", c.active, c.where),
            schema.Ever: lambda c: self._held("ever", c.ever, c.where),
            schema.Recent: lambda c: self._held("recent", c.recent, c.where, c.within_days),
            schema.During: self._during,
            schema.Before: self._before,
            schema.Duration: self._duration,
            schema.PersonIs: self._person,
            schema.RuleIs: self._asked,
            schema.Not: self._not,
        }

    # --- whole conditions

    def lines(self, condition: Condition, depth: int = 0) -> list[str]:
        """A condition as one sentence part, or as an opening line and an indented list."""
        if self.is_simple(condition):
            return [self.clause(condition)]
        opening = self.text("lead.list", lead=self._lead(condition))
        found = [opening]
        for child in children(Node(condition, ())):
            first, *rest = self.lines(child.condition, depth + 1)
            found.append(f"{'  ' * depth}- {self.text('lead.item', clause=first)}")
            found.extend(rest)
        return found

    def is_simple(self, condition: Condition) -> bool:
        """Whether a condition fits into one sentence."""
        match condition:
            case schema.All(all=parts) | schema.Any(any=parts):
                return len(parts) <= SIMPLE_PARTS and all(map(self._is_plain, parts))
            case schema.AtLeast():
                return False
            case schema.Not(not_=part):
                return self._is_plain(part)
        return True

    def _is_plain(self, condition: Condition) -> bool:
        if isinstance(condition, schema.Not):
            return self._is_plain(condition.not_)
        return not isinstance(condition, schema.All | schema.Any | schema.AtLeast)

    def clause(self, condition: Condition) -> str:
        """A simple condition as one clause."""
        match condition:
            case schema.All(all=parts, same=same):
                joined = self.joined("and", [self.clause(part) for part in parts])
                return self._with_same(joined, same)
            case schema.Any(any=parts):
                return self.joined("or", [self.clause(part) for part in parts])
        return self._leaf[type(condition)](condition)

    def _lead(self, condition: Condition) -> str:
        same = getattr(condition, "same", None)
        if isinstance(condition, schema.AtLeast):
            lead = self.text("lead.at_least", count=condition.at_least)
        elif isinstance(condition, schema.Not):
            return self.text("not", clause=self._lead(condition.not_))
        else:
            lead = self.text(f"lead.{kind_of(condition)}")
        return self.text(f"lead.same_{same}", lead=lead) if same else lead

    # --- one kind each

    def _latest(self, condition: schema.Latest) -> str:
        concept = condition.latest
        within = self._within(condition.within_days)
        return self._compared("latest", concept, condition, condition.where, within=within)

    def _last_n(self, condition: schema.LastN) -> str:
        within = self._within(condition.within_days)
        key = "last_n.every" if condition.k == condition.last_n else "last_n.some"
        count = self.text(key, k=condition.k, n=condition.last_n)
        concept, where = condition.of_concept, condition.where
        return self._compared("last_n", concept, condition, where, within=within, count=count)

    def _compared(
        self,
        kind: str,
        concept: str,
        condition: schema.Comparison,
        where: schema.Where | None,
        **values: object,
    ) -> str:
        values |= {"name": self.name(concept), "where": self._where(concept, where)}
        if condition.present is not None:
            return self.text(f"{kind}.{'present' if condition.present else 'absent'}", **values)
        if condition.interpreted is not None:
            is_graded = kind == "latest" and concept.startswith(_FINDINGS)
            words = self._list("or", [self.word(word) for word in condition.interpreted])
            return self.text(
                f"{kind}.{'graded' if is_graded else 'interpreted'}", words=words, **values
            )
        comparison = self._comparison(condition, lambda text: self.quantity(concept, text))
        return self.text(
            f"{kind}.compared", comparison=comparison, or_word=self._or_word(condition), **values
        )

    def _change(self, condition: schema.Change) -> str:
        concept = condition.change
        in_per_cent = condition.by == "relative"
        show = self.number if in_per_cent else lambda text: self.quantity(concept, text)
        return self.text(
            f"change.{condition.by}",
            name=self.name(concept),
            where=self._where(concept, condition.where),
            movement=self._movement(condition, show),
            days=self.text("days", count=condition.within_days),
        )

    def _movement(self, condition: schema.Change, show: Callable[[str], str]) -> str:
        """A change below a negative number is a fall, one above a positive number a rise."""
        for field, key, is_fall in (
            ("below", "falls_more", True),
            ("at_most", "falls_at_least", True),
            ("above", "rises_more", False),
            ("at_least", "rises_at_least", False),
        ):
            text = getattr(condition, field)
            if text is not None and text.startswith("-") is is_fall:
                return self.text(f"movement.{key}", x=show(text.removeprefix("-")))
        return self.text("movement.changes", comparison=self._comparison(condition, show))

    def _product(self, condition: schema.Product) -> str:
        first, second = condition.product
        return self.text(
            "product",
            first=self.name(first),
            second=self.name(second),
            apart=self.text("days", count=condition.pair_within_days),
            within=self._within(condition.within_days),
            comparison=self._comparison(condition, lambda text: self._squared(first, second, text)),
            or_word=self._or_word(condition),
        )

    def _squared(self, first: str, second: str, text: str) -> str:
        """A product in the units of its source, and in canonical units where both share one."""
        units, shown = self.knowledge.vocabulary.units, self.number(text)
        try:
            unit = units.canonical(first)
            number = Number(text, "", Measure.PRODUCT, (first, second), ())
            squared = _LETTERS.sub(lambda letters: f"{letters.group()}2", unit)
            other = f"{amount(number, units):.2f} {squared}"
        except UnknownUnit:
            return shown
        is_same = unit != units.canonical(second) or other.split()[1] == text.split()[-1]
        return (
            shown
            if is_same
            else self.text("quantity_both", quantity=shown, other=self.number(other))
        )

    def _held(
        self,
        kind: str,
        concept: str,
        where: schema.Where | None,
        within_days: int | None = None,
        is_not: bool = False,
    ) -> str:
        if where is not None and where.status is not None:
            kind = where.status
        kind = f"not_{kind}" if is_not else kind
        domain = concept.partition(".")[0]
        group = "sign" if domain in _FINDINGS else domain
        key = group if f"prose.{kind}.{group}" in self.words else "other"
        within = self._within(within_days)
        where_text = self._where(concept, where)
        return self.text(f"{kind}.{key}", name=self.name(concept), where=where_text, within=within)

    def _during(self, condition: schema.During) -> str:
        first, second = condition.during, condition.holding
        clause = self.text(
            "during",
            within=self._within(condition.within_days),
            **self._pair(first, second),
        )
        return self._with_same(clause, condition.same)

    def _before(self, condition: schema.Before) -> str:
        recent = condition.recent_days
        key = "before_between" if condition.at_least_days else "before"
        clause = self.text(
            "before_any_time" if condition.within_days >= ANY_TIME_DAYS else key,
            most=self.text("days", count=condition.within_days),
            fewest=condition.at_least_days,
            recently="" if recent is None else self.text("recently", count=recent),
            **self._pair(condition.before, condition.of),
        )
        return self._with_same(clause, condition.same)

    def _pair(self, first: schema.Selection, second: schema.Selection) -> dict[str, str]:
        return {
            "first": self._event(first.concept),
            "first_where": self._where(first.concept, first.where),
            "second": self._event(second.concept),
            "second_where": self._where(second.concept, second.where),
        }

    def _event(self, concept: str) -> str:
        """A name as something that began; what the programme calls an event is quoted."""
        name = self.name(concept)
        return self.text("quoted", name=name) if concept.startswith("programme.") else name

    def _duration(self, condition: schema.Duration) -> str:
        field = next(f for f in ("above", "at_least", "below") if getattr(condition, f) is not None)
        name = self.name(condition.duration)
        is_drug = condition.duration.startswith("drug.")
        return self.text(
            f"duration.{field}",
            name=self.text("use_of", name=name) if is_drug else name,
            where=self._where(condition.duration, condition.where),
            x=self.span(getattr(condition, field)),
            gap=self.text("gap", count=condition.gap_days) if condition.gap_days else "",
        )

    def _person(self, condition: schema.PersonIs, prefix: str = "person") -> str:
        if condition.person == "dead":
            return self.text(f"{prefix}.dead")
        if condition.person == "sex":
            key = f"{prefix}.{condition.is_}"
            known = f"prose.{key}" in self.words
            return self.text(key) if known else self.text("person.sex", word=condition.is_)
        field = next(f for f in ("above", "at_least", "below") if getattr(condition, f) is not None)
        return self.text(f"person.{field}", x=self.span(getattr(condition, field)))

    def _asked(self, condition: schema.RuleIs, answer: str | None = None) -> str:
        rule = self.knowledge.rules.get(condition.rule)
        title = getattr(rule.title, self.language) if rule else condition.rule
        return self.text(f"asked.{answer or condition.is_}", title=title)

    def _not(self, condition: schema.Not) -> str:
        """A negation reads best inside the clause; where it cannot stand there, before it."""
        part = condition.not_
        match part:
            case schema.Active(active=concept, where=where):
                return self._held("active", concept, where, is_not=True)
            case schema.Ever(ever=concept, where=where):
                return self._held("ever", concept, where, is_not=True)
            case schema.Recent(recent=concept, where=where, within_days=days):
                return self._held("recent", concept, where, days, is_not=True)
            case schema.RuleIs():
                return self._asked(part, _OPPOSITES[part.is_])
            case schema.PersonIs(person="sex" | "dead"):
                return self._person(part, "not_person")
        return self.text("not", clause=self.clause(part))

    # --- parts of clauses

    def text(self, key: str, /, **values: object) -> str:
        """A text of the prose."""
        return self.words.text(f"prose.{key}", **values)

    def name(self, concept: str) -> str:
        """The name of a concept as it stands inside a sentence."""
        known = self.knowledge.vocabulary.concepts.get(concept)
        name = known.name(self.language) if known else concept
        name = _IN_BRACKETS.sub("", name)
        inverted = _AFTER_COMMA.fullmatch(name)
        if inverted and inverted.group(2)[0].islower():
            name = f"{inverted.group(2)} {_small(inverted.group(1))}"
        return _small(name)

    def word(self, word: str) -> str:
        """The word of a result in this language."""
        return self.text(f"word.{word}") if f"prose.word.{word}" in self.words else word

    def number(self, text: str) -> str:
        """A quantity as it is written, with the decimal sign of the language."""
        value, _, unit = text.partition(" ")
        value = value.replace("-", "−")
        shown = value.replace(".", ",") if self.language == "da" else value
        unit = _LITRE.sub(self.text("litre"), _unit_shown(unit))
        return self.text("quantity", value=shown, unit=unit) if unit else shown

    def quantity(self, concept: str, text: str) -> str:
        """A quantity in the unit of its source, and in the other customary unit if there is one."""
        shown = self.number(text)
        other = self._in_other_unit(concept, text)
        return self.text("quantity_both", quantity=shown, other=other) if other else shown

    def _in_other_unit(self, concept: str, text: str) -> str | None:
        units = self.knowledge.vocabulary.units
        try:
            value, unit = units.parse(text)
            canonical = units.canonical(concept)
            other = units.conventional(concept) if unit == canonical else canonical
            if other is None or other == unit:
                return None
            scale, wanted = units.scale(concept, unit), units.scale(concept, other)
        except UnknownUnit:
            return None
        converted = wanted.from_canonical(scale.to_canonical(value))
        return self.number(f"{converted:.{wanted.decimals}f} {other}")

    def span(self, text: str) -> str:
        """A length of time in words."""
        value, _, unit = text.partition(" ")
        name = _SPANS.get(unit or "days", unit)
        count = float(value)
        return self.text(f"span.{name}", count=int(count) if count.is_integer() else count)

    def _comparison(self, condition: schema.Comparison, show: Callable[[str], str]) -> str:
        for field in ("above", "at_least", "below", "at_most"):
            text = getattr(condition, field)
            if text is not None:
                return self.text(f"is.{field}", x=show(text))
        for field in ("between", "outside"):
            ends = getattr(condition, field)
            if ends is not None:
                return self.text(f"is.{field}", low=show(ends[0]), high=show(ends[1]))
        for field in LIMIT_FACTORS:
            factor = getattr(condition, field)
            if factor is not None:
                once = "_once" if factor == 1 else ""
                return self.text(f"is.{field}{once}", x=self.number(f"{factor:g}"))
        inside = "outside_reference" if condition.outside_reference else "inside_reference"
        return self.text(f"is.{inside}")

    def _or_word(self, condition: schema.Comparison) -> str:
        return self.text(f"or_word.{condition.or_word}") if condition.or_word else ""

    def _within(self, days: int | None) -> str:
        return "" if days is None else self.text("within", count=days)

    def _with_same(self, clause: str, same: str | None) -> str:
        return self.text(f"same.{same}", clause=clause) if same else clause

    def _where(self, concept: str, where: schema.Where | None) -> str:
        """Everything that narrows a fact, as the end of a phrase."""
        return "" if where is None else "".join(self._narrowings(concept, where))

    def _narrowings(self, concept: str, where: schema.Where) -> Iterator[str]:
        if where.body_site:
            yield self._places(where.body_site)
        if where.side:
            yield self.text(f"where.{where.side}")
        for field in ("route", "not_route"):
            routes = getattr(where, field)
            if routes:
                yield self.text(f"where.{field}", routes=self._list("or", self._routes(routes)))
        if where.interpreted:
            words = [self.word(word) for word in where.interpreted]
            yield self.text("where.interpreted", words=self._list("or", words))
        for field in ("above", "at_least"):
            dose = where.dose and getattr(where.dose, field)
            if dose:
                yield self.text(f"where.dose_{field}", x=self.dose(dose))

    def dose(self, text: str) -> str:
        """A dose a day."""
        if not text.endswith("/d"):
            return self.number(text)
        return self.text("dose", quantity=self.number(text.removesuffix("/d")))

    def limit(self, text: str) -> str:
        """What a number may be set to: a length of time, a dose a day or a quantity."""
        return self.span(text) if text.partition(" ")[2] in _SPANS else self.dose(text)

    def _places(self, names: Sequence[str]) -> str:
        """Sites share one preposition; a class has a phrase of its own."""
        known = self.knowledge.vocabulary.body_sites
        sites = [getattr(known[name], self.language) for name in names if name in known]
        phrases = [self.text(f"site_class.{name}") for name in names if name not in known]
        if sites:
            on_sites = self.text("where.sites", sites=self._list("or", sites)).strip()
            phrases.insert(0, on_sites)
        return self.text("where.phrase", phrase=self._list("or", phrases))

    def _routes(self, names: Sequence[str]) -> list[str]:
        routes = self.knowledge.vocabulary.routes
        found = [getattr(routes[n], self.language) if n in routes else n for n in names]
        return [_IN_BRACKETS.sub("", name) for name in found]

    def joined(self, how: str, clauses: Sequence[str]) -> str:
        *before, last = clauses
        if not before:
            return last
        first = self.text("joined.comma").join(before)
        return self.text(f"joined.{how}", first=first, last=last)

    def _list(self, how: str, items: Sequence[str]) -> str:
        return self.joined(f"list_{how}", items)


_SPANS = {
    word: key
    for key, words in {
        "d": ("d", "day", "days"),
        "wk": ("wk", "week", "weeks"),
        "mo": ("mo", "month", "months"),
        "a": ("a", "year", "years"),
        "h": ("h", "hour", "hours"),
    }.items()
    for word in words
}


def _small(name: str) -> str:
    """The first letter small, unless the word is an abbreviation or a name with capitals inside."""
    first = name.split(" ")[0].split("-")[0]
    is_abbreviation = len(first) == 1 or any(c.isupper() or c.isdigit() for c in first[1:])
    return name if is_abbreviation else name[:1].lower() + name[1:]


def _unit_shown(unit: str) -> str:
    if unit in _NO_UNIT:
        return ""
    return _SQUARE.sub("²", re.sub(r"^u(?=[A-Za-z])", "µ", unit)) if unit else ""
