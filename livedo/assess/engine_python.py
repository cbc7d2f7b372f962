"""The reference engine: plain Python, one patient at a time.

It states what every rule means. Other engines must agree with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Protocol

from livedo.assess.answer import Judgement, Missing
from livedo.assess.blanks import Blanks
from livedo.assess.compile import Compiler, concepts_in
from livedo.assess.evaluator import Evaluator
from livedo.assess.evidence import Grounds, Outcome, as_answer, as_one
from livedo.assess.logic import UNKNOWN
from livedo.assess.outlook import Validity
from livedo.assess.terms import terms_of
from livedo.assess.timeline import Timeline, scope_of
from livedo.errors import UnknownConcept
from livedo.knowledge.schema import Rule
from livedo.knowledge.tree import rules_named
from livedo.record.tables import Instant, PatientRecord

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary


class Knowing(Protocol):
    """What the engine needs of the knowledge."""

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule by id, in dependency order."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Concepts, units of measure and body sites."""

    @property
    def version(self) -> str:
        """What was believed, as a short hash."""


class PythonEngine:
    """Rules compiled once, to judge any number of patients.

    Args:
        kinds: the kinds of rules to compile, with every rule that they ask; all if not
            given. Screening everybody needs only some of them.
        also: the ids of further rules to compile beside those of the kinds.

    `broken` names the rules that could not be compiled, with the reason; they
    answer unknown and take no other rule down.
    """

    def __init__(
        self,
        knowledge: Knowing,
        kinds: Collection[str] | None = None,
        also: Collection[str] = (),
    ) -> None:
        self.knowledge = knowledge
        self.broken: dict[str, str] = {}
        terms = terms_of(knowledge.vocabulary)
        rules = knowledge.rules if kinds is None else rules_of_kinds(knowledge.rules, kinds, also)
        conditions = [rule.when for rule in rules.values()]
        compiler = Compiler(terms, conditions, self._outcome)
        self._evaluators = {
            rule_id: self._compiled(compiler, rule) for rule_id, rule in rules.items()
        }
        self._scope = scope_of(concepts_in(conditions), terms.lineages)
        self._slots = compiler.slots
        self._blanks = Blanks()
        self._validity = Validity(conditions, terms)
        self._version = knowledge.version

    def _compiled(self, compiler: Compiler, rule: Rule) -> Evaluator:
        try:
            return compiler.compile_rule(rule)
        except Exception as error:
            self.broken[rule.id] = str(error)
            outcome = _failed(rule.id)
            return lambda timeline, group: outcome

    def judge(
        self, record: PatientRecord, as_of: Instant, rules: Collection[str] | None = None
    ) -> Judgement:
        """The answers about one person, from what was known at `as_of`.

        Args:
            rules: the ids to answer; all if not given. Rules that they ask are
                judged as needed but not returned.

        Raises:
            UnknownConcept: a rule id that the knowledge does not hold.
        """
        wanted = self._evaluators if rules is None else self._in_order(rules)
        blank = self._blanks.of(record, as_of)
        timeline = Timeline(record, as_of, self._scope, self._slots, blank)
        answers = {
            rule_id: as_answer(rule_id, self._outcome(rule_id, timeline)) for rule_id in wanted
        }
        return Judgement(
            person_id=record.person.person_id,
            as_of=as_of,
            knowledge=self._version,
            answers=answers,
        )

    def good_until(self, record: PatientRecord, as_of: Instant) -> Instant | None:
        """The next moment at which a status could change without a new fact, if any.

        Never too late, possibly too early.
        """
        return self._validity.good_until(record, as_of)

    def _in_order(self, rules: Collection[str]) -> list[str]:
        asked = set(rules)
        for rule_id in sorted(asked):
            if rule_id not in self._evaluators:
                raise UnknownConcept(
                    f"There is no rule '{rule_id}'.",
                    next_step="livedo knowledge list names every rule.",
                )
        return [rule_id for rule_id in self._evaluators if rule_id in asked]

    def _outcome(self, rule_id: str, timeline: Timeline) -> Outcome:
        known = timeline.outcomes.get(rule_id)
        if known is None:
            try:
                known = as_one(self._evaluators[rule_id](timeline, None))
            except Exception:
                # One rule that fails on one patient must not hide the other answers.
                # The error may quote a value, so nothing of it is passed on.
                known = _failed(rule_id)
            timeline.outcomes[rule_id] = known
        return known


def rules_of_kinds(
    rules: Mapping[str, Rule], kinds: Collection[str], also: Collection[str] = ()
) -> dict[str, Rule]:
    """Rules of these kinds, those named, and every rule that they ask, in dependency order."""
    wanted = {rule_id for rule_id, rule in rules.items() if rule.kind in kinds or rule_id in also}
    for rule_id in reversed(list(rules)):
        if rule_id in wanted:
            wanted.update(rules_named(rules[rule_id].when))
    return {rule_id: rule for rule_id, rule in rules.items() if rule_id in wanted}


def _failed(rule_id: str) -> Outcome:
    missing = Missing(concept=rule_id, why="rule_failed")
    return Outcome(UNKNOWN, (Grounds((), (missing,)),))
