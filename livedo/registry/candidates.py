"""Who could be a case at all: a filter derived from the rules, which never leaves one out.

A condition says yes only where certain facts are there. What a rule needs is read off its tree:

- a leaf needs a fact of its concept, or of one below it, that says yes; a comparison of numbers
  or a "no" that is asked for needs any fact of a concept above or below it;
- `all` needs what each part needs, `any` what one of them needs, `at_least` so many of them;
- `not`, an answer "no" or "unknown" of another rule, age, sex and death need nothing: anybody
  may be meant. A rule that needs nothing lets everybody in, and `open_rules` names it.

Facts are looked at by concept and by yes or no only; dates beyond the day of the report count
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
    Change,
    Comparison,
    Condition,
    LastN,
    Latest,
    Not,
    PersonIs,
    Product,
    Rule,
    RuleIs,
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


class AFact(msgspec.Struct, frozen=True):
    """One fact of these concepts."""

    concepts: frozenset[str]
    is_yes: bool
    """Whether only a fact that says yes will do."""

    def is_met_by(self, fact: Fact) -> bool:
        """Whether this is such a fact."""
        return fact.concept in self.concepts and (fact.present == "yes" or not self.is_yes)


class Several(msgspec.Struct, frozen=True):
    """At least so many of these needs."""

    count: int
    of: tuple[Need, ...]


class Nothing(msgspec.Struct, frozen=True):
    """No fact is needed."""


Need = AFact | Several | Nothing
NOTHING = Nothing()
Value = TypeVar("Value")


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
        leaves = [self._a_fact(concept, condition) for concept, _ in subjects_of(condition)]
        return several(len(leaves), leaves)

    def _a_fact(self, concept: str, condition: Condition) -> Need:
        if concept not in self.vocabulary.concepts:
            return AFact(frozenset((concept,)), is_yes=False)
        below = self.vocabulary.descendants(concept)
        if _needs_a_yes(condition):
            return AFact(frozenset((concept, *below)), is_yes=True)
        return AFact(frozenset((*below, *self.vocabulary.ancestors(concept))), is_yes=False)


def _needs_a_yes(condition: Condition) -> bool:
    """Whether only a fact that says yes can make the leaf hold."""
    if isinstance(condition, Latest | LastN):
        return bool(condition.present) or condition.interpreted is not None
    return not isinstance(condition, Change | Product | Comparison)


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


def value_of(
    need: Need,
    of_fact: Callable[[AFact], Value],
    of_several: Callable[[int, Sequence[Value]], Value],
    of_nothing: Value,
) -> Value:
    """Walks through a need from its leaves upwards."""
    match need:
        case AFact():
            return of_fact(need)
        case Several(count=count, of=parts):
            return of_several(
                count, [value_of(part, of_fact, of_several, of_nothing) for part in parts]
            )
    return of_nothing


def facts_named(need: Need) -> frozenset[AFact]:
    """Every leaf of a need."""
    empty: frozenset[AFact] = frozenset()
    return value_of(need, lambda one: frozenset((one,)), lambda _, of: empty.union(*of), empty)


ALWAYS, NEVER = -(2**62), 2**62


def possible_from(need: Need, known_at: Mapping[AFact, int]) -> int:
    """The first moment at which a yes is possible: ALWAYS without need, NEVER without the facts.

    Args:
        known_at: when the first such fact became known, for each leaf that has one.
    """
    return value_of(
        need,
        lambda one: known_at.get(one, NEVER),
        lambda count, moments: sorted(moments)[count - 1] if count <= len(moments) else NEVER,
        ALWAYS,
    )


def first_known(leaves: Iterable[AFact], facts: Sequence[Fact]) -> dict[AFact, int]:
    """When the first fact of each leaf became known."""
    found: dict[AFact, int] = {}
    for leaf in leaves:
        moments = [fact.known_at for fact in facts if leaf.is_met_by(fact)]
        if moments:
            found[leaf] = min(moments)
    return found


class Prefilter:
    """Finds the people of a record of whom at least one of the rules could say yes."""

    def __init__(
        self, rules: Mapping[str, Rule], wanted: Sequence[str], vocabulary: Vocabulary
    ) -> None:
        self.needs = needs_of(rules, wanted, vocabulary)
        self.open_rules = tuple(
            rule_id for rule_id, need in self.needs.items() if isinstance(need, Nothing)
        )
        self.leaves = tuple(
            dict.fromkeys(
                leaf
                for need in self.needs.values()
                for leaf in sorted(facts_named(need), key=_in_order)
            )
        )
        self.concepts = tuple(
            sorted(frozenset[str]().union(*(leaf.concepts for leaf in self.leaves)))
        )

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

        has = self._has_facts(record, number, as_of, people)
        every = np.ones(len(people), np.bool_)

        def of_fact(leaf: AFact) -> Flags:
            columns = [place for place, name in enumerate(self.concepts) if name in leaf.concepts]
            yes = has[0][:, columns].any(axis=1)
            return yes if leaf.is_yes else yes | has[1][:, columns].any(axis=1)

        known = {leaf: of_fact(leaf) for leaf in self.leaves}
        is_one = np.zeros(len(people), np.bool_)
        for need in self.needs.values():
            is_one |= value_of(
                need, known.__getitem__, lambda count, of: np.sum(of, axis=0) >= count, every
            )
        found: list[str] = people.filter(pa.array(is_one)).to_pylist()
        return sorted(found)

    def _has_facts(
        self, record: Record, number: int, as_of: Instant, people: pa.Array
    ) -> tuple[Flags, Flags]:
        """For each person and concept: whether there is a fact that says yes, and another one."""
        import numpy as np

        from livedo.registry.fact_columns import codes_of, moments_of, rows_of_people

        table = record.fact_columns(number, ("person_id", "concept", "present", "known_at"))
        place = {name: number for number, name in enumerate(self.concepts)}
        concept = codes_of(table, "concept", place)
        rows = np.flatnonzero((concept >= 0) & (moments_of(table, "known_at") <= as_of))
        is_yes = codes_of(table, "present", {"yes": 1})[rows] == 1
        person, concept = rows_of_people(table, people)[rows], concept[rows]
        shape = (len(people), len(self.concepts))
        yes, other = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        yes[person[is_yes], concept[is_yes]] = True
        other[person[~is_yes], concept[~is_yes]] = True
        return yes, other


def _in_order(leaf: AFact) -> tuple[list[str], bool]:
    return (sorted(leaf.concepts), leaf.is_yes)
