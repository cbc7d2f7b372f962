"""Who could be a case at all: a filter derived from the rules, which never leaves one out.

A condition says yes only where certain facts are there. What a rule needs is read off its tree:

- a leaf needs a fact of its concept, or of one below it, that says yes, and where it names
  body sites, at one of them; a comparison of numbers or a "no" that is asked for needs any
  fact of a concept above or below it;
- `all` needs what each part needs, `any` what one of them needs, `at_least` so many of them;
- `not`, an answer "no" or "unknown" of another rule, age, sex and death need nothing: anybody
  may be meant. A rule that needs nothing lets everybody in, and `open_rules` names it.

Facts are looked at by concept, yes or no, and body site only; what became known later counts
for nothing. So nobody outside the candidates can get a yes, on that day or an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from livedo.assess.compile import subjects_of
from livedo.knowledge.schema import (
    All,
    Any,
    AtLeast,
    Comparison,
    Condition,
    LastN,
    Latest,
    Not,
    PersonIs,
    Rule,
    RuleIs,
    Where,
)
from livedo.record.tables import Fact

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from livedo.instants import Instant
    from livedo.knowledge.vocabulary import Vocabulary
    from livedo.record.store import Record

    Flags = npt.NDArray[np.bool_]
    Whole = npt.NDArray[np.int64]


class AFact(msgspec.Struct, frozen=True):
    """One fact of these concepts."""

    concepts: frozenset[str]
    is_yes: bool
    """Whether only a fact that says yes will do."""
    body_sites: frozenset[str] = frozenset()
    """Where it must be; anywhere if empty."""

    def is_met_by(self, fact: Fact) -> bool:
        """Whether this is such a fact."""
        if fact.concept not in self.concepts or (self.is_yes and fact.present != "yes"):
            return False
        return not self.body_sites or fact.body_site in self.body_sites


class Several(msgspec.Struct, frozen=True):
    """At least so many of these needs."""

    count: int
    of: tuple[Need, ...]


class Nothing(msgspec.Struct, frozen=True):
    """No fact is needed."""


Need = AFact | Several | Nothing
NOTHING = Nothing()


def needs_of(
    rules: Mapping[str, Rule], wanted: Iterable[str], vocabulary: Vocabulary
) -> dict[str, Need]:
    """What each wanted rule needs before it can say yes; `rules` stand in dependency order."""
    reader = _Reader(vocabulary)
    for rule_id, rule in rules.items():
        reader.known[rule_id] = reader.need(rule.when)
    return {rule_id: reader.known[rule_id] for rule_id in wanted}


class _Reader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.known: dict[str, Need] = {}

    def need(self, condition: Condition) -> Need:
        match condition:
            case All(all=parts):
                return several(len(parts), map(self.need, parts))
            case Any(any=parts):
                return several(1, map(self.need, parts))
            case AtLeast(at_least=count, of=parts):
                return several(count, map(self.need, parts))
            case RuleIs(rule=name, is_="yes"):
                return self.known[name]
            case RuleIs() | Not() | PersonIs():
                return NOTHING
        leaves = [self._a_fact(*subject, condition) for subject in subjects_of(condition)]
        return several(len(leaves), leaves)

    def _a_fact(self, concept: str, where: Where | None, condition: Condition) -> Need:
        if concept not in self.vocabulary.concepts:
            return AFact(frozenset((concept,)), is_yes=False)
        below = self.vocabulary.descendants(concept)
        if _needs_a_yes(condition):
            return AFact(frozenset((concept, *below)), is_yes=True, body_sites=self._sites(where))
        return AFact(frozenset((*below, *self.vocabulary.ancestors(concept))), is_yes=False)

    def _sites(self, where: Where | None) -> frozenset[str]:
        asked = where.body_site if where is not None else ()
        members = (self.vocabulary.body_sites_of(one) for one in asked)
        return frozenset((*asked, *(site for sites in members for site in sites)))


def _needs_a_yes(condition: Condition) -> bool:
    """Whether only a fact that says yes can make the leaf hold."""
    if isinstance(condition, Latest | LastN):
        return bool(condition.present) or condition.interpreted is not None
    return not isinstance(condition, Comparison)


def several(count: int, needs: Iterable[Need]) -> Need:
    """So many of these, as simply as it can be said."""
    given = list(needs)
    real = [need for need in given if not isinstance(need, Nothing)]
    count -= len(given) - len(real)
    if count <= 0:
        return NOTHING
    if len(real) == 1 and count == 1:
        return real[0]
    return Several(count, tuple(dict.fromkeys(real)) if count == 1 else tuple(real))


ALWAYS, NEVER = -(2**62), 2**62
"""Moments: possible without any fact, and not possible."""

Value = TypeVar("Value")


class Needs:
    """What rules need, each part once, so that all of them are answered in one walk."""

    def __init__(self, needs: Mapping[str, Need]) -> None:
        self.leaves: list[AFact] = []
        self._steps: list[tuple[int, tuple[int, ...]]] = []
        """Leaf or count and parts, by number; parts stand before what they are part of."""
        self._numbers: dict[object, int] = {}
        self._of_rule = {rule_id: self._number(need) for rule_id, need in needs.items()}
        self._by_concept = self._leaves_by_concept()

    def _number(self, need: Need) -> int:
        step: tuple[int, tuple[int, ...]] = (0, ())
        if isinstance(need, AFact):
            step = (-1, (len(self.leaves),))
        elif isinstance(need, Several):
            step = (need.count, tuple(self._number(part) for part in need.of))
        key: object = need if isinstance(need, AFact) else step
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = len(self._steps)
            self._steps.append(step)
            if isinstance(need, AFact):
                self.leaves.append(need)
        return known

    def _leaves_by_concept(self) -> dict[str, list[tuple[int, AFact]]]:
        found: dict[str, list[tuple[int, AFact]]] = {}
        for number, leaf in enumerate(self.leaves):
            for concept in leaf.concepts:
                found.setdefault(concept, []).append((number, leaf))
        return found

    @property
    def open_rules(self) -> tuple[str, ...]:
        """The rules that need no fact."""
        return tuple(id for id, number in self._of_rule.items() if self._steps[number][0] == 0)

    def answered(
        self, of_leaf: Sequence[Value], combined: Callable[[int, list[Value]], Value]
    ) -> dict[str, Value]:
        """The value of each rule from those of the leaves; of no need, that of 0 and nothing."""
        values: list[Value] = []
        for count, parts in self._steps:
            if count < 0:
                values.append(of_leaf[parts[0]])
            else:
                values.append(combined(count, [values[part] for part in parts]))
        return {rule_id: values[number] for rule_id, number in self._of_rule.items()}

    def possible_from(self, facts: Sequence[Fact]) -> dict[str, int]:
        """The first moment at which each rule could say yes; ALWAYS, or NEVER without the facts."""
        moments = [NEVER] * len(self.leaves)
        for fact in facts:
            for number, leaf in self._by_concept.get(fact.concept, ()):
                if fact.known_at < moments[number] and leaf.is_met_by(fact):
                    moments[number] = fact.known_at
        return self.answered(moments, _when_so_many)


def _when_so_many(count: int, moments: list[int]) -> int:
    if not count:
        return ALWAYS
    if count == 1:
        return min(moments)
    return sorted(moments)[count - 1] if count <= len(moments) else NEVER


class Prefilter:
    """Finds the people of a record of whom at least one of the rules could say yes."""

    def __init__(
        self, rules: Mapping[str, Rule], wanted: Sequence[str], vocabulary: Vocabulary
    ) -> None:
        self.needs = Needs(needs_of(rules, wanted, vocabulary))
        self.open_rules = self.needs.open_rules
        named = (leaf.concepts for leaf in self.needs.leaves)
        self.concepts = tuple(sorted(frozenset[str]().union(*named)))
        sites = (leaf.body_sites for leaf in self.needs.leaves)
        self.body_sites = tuple(sorted(frozenset[str]().union(*sites)))

    def of_bucket(self, record: Record, number: int, as_of: Instant) -> list[str]:
        """The ids of the candidates of one bucket, sorted."""
        ids = record.small_columns("person", number, ("person_id",)).column("person_id")
        people = ids.combine_chunks()
        if self.open_rules:
            found: list[str] = people.to_pylist()
            return sorted(found)
        return self._among(record, number, as_of, people)

    def _among(self, record: Record, number: int, as_of: Instant, people: pa.Array) -> list[str]:
        import numpy as np
        import pyarrow as pa

        seen = self._seen(record, number, as_of, people)
        every = np.ones(len(people), np.bool_)

        def combined(count: int, flags: list[Flags]) -> Flags:
            if not count:
                return every
            return np.asarray(np.sum(flags, axis=0, dtype=np.int16) >= count)

        leaves = [self._people_with(leaf, seen) for leaf in self.needs.leaves]
        possible = self.needs.answered(leaves, combined)
        found: list[str] = people.filter(
            pa.array(np.any(list(possible.values()), axis=0))
        ).to_pylist()
        return sorted(found)

    def _people_with(self, leaf: AFact, seen: _Seen) -> Flags:
        """Who has such a fact."""
        import numpy as np

        columns = [place for place, name in enumerate(self.concepts) if name in leaf.concepts]
        if not leaf.body_sites:
            yes: Flags = np.any(seen.yes[:, columns], axis=1)
            return yes if leaf.is_yes else yes | seen.other[:, columns].any(axis=1)
        of_concept = np.isin(seen.placed[1], columns)
        sites = [place for place, name in enumerate(self.body_sites) if name in leaf.body_sites]
        there = of_concept & np.isin(seen.placed[2], sites)
        found = np.zeros(len(seen.yes), np.bool_)
        found[seen.placed[0][there]] = True
        return found

    def _seen(self, record: Record, number: int, as_of: Instant, people: pa.Array) -> _Seen:
        import numpy as np

        from livedo.registry.fact_columns import codes_of, moments_of, rows_of_people

        table = record.fact_columns(number, _COLUMNS)
        concept = codes_of(table, "concept", _places(self.concepts))
        rows = np.flatnonzero((concept >= 0) & (moments_of(table, "known_at") <= as_of))
        is_yes = codes_of(table, "present", {"yes": 1})[rows] == 1
        site = codes_of(table, "body_site", _places(self.body_sites))[rows]
        person, concept = rows_of_people(table, people)[rows], concept[rows]
        shape = (len(people), len(self.concepts))
        yes, other = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        yes[person[is_yes], concept[is_yes]] = True
        other[person[~is_yes], concept[~is_yes]] = True
        placed = is_yes & (site >= 0)
        return _Seen(yes, other, (person[placed], concept[placed], site[placed]))


_COLUMNS = ("person_id", "concept", "present", "body_site", "known_at")


class _Seen(msgspec.Struct, frozen=True, eq=False):
    """What the people of a bucket have: for each person and concept a yes, or another fact."""

    yes: Flags
    other: Flags
    placed: tuple[Whole, Whole, Whole]
    """Person, concept and body site of every yes that names a site."""


def _places(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}
