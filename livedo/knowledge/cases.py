"""Cases of a rule: invented patients, and what the rule must answer about each.

`docs/reference/rules.md` tells how a case file is written. The engine that answers is
handed in, since knowledge stands before assessment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
import yaml

from livedo.errors import KnowledgeInvalid, LivedoError
from livedo.knowledge.casefile import Case, CaseFile, parse_case, read_case_file
from livedo.knowledge.invented import canonical_value, patient_from_case
from livedo.knowledge.schema import Rule
from livedo.quantity import equals
from livedo.record.tables import Instant, PatientRecord

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

__all__ = [
    "Case",
    "CaseFile",
    "CaseResult",
    "Engine",
    "load_cases",
    "parse_case",
    "patient_from_case",
    "run_cases",
]


class CaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case. `why` says in words what differs."""

    rule: str
    case: str
    expected: str
    got: str
    passed: bool
    why: str = ""


class MissingLike(Protocol):
    """What the cases read of something missing."""

    @property
    def concept(self) -> str: ...


class AnswerLike(Protocol):
    """What the cases read of an answer."""

    @property
    def status(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def value_concept(self) -> str | None: ...
    @property
    def missing(self) -> Sequence[MissingLike]: ...


class JudgementLike(Protocol):
    """What the cases read of a judgement."""

    @property
    def answers(self) -> Mapping[str, AnswerLike]: ...


class Engine(Protocol):
    """Anything that judges one patient by rules."""

    def judge(
        self, record: PatientRecord, as_of: Instant, rules: Collection[str] | None = None
    ) -> JudgementLike:
        """The answers of the named rules about one patient at one moment."""
        ...


class Believed(Protocol):
    """What the cases need of the knowledge."""

    @property
    def folder(self) -> Path: ...
    @property
    def rules(self) -> Mapping[str, Rule]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...


def load_cases(folder: Path) -> dict[str, CaseFile]:
    """Every case file of a knowledge folder, by rule.

    Raises:
        KnowledgeInvalid: a case file cannot be read.
    """
    top = folder / "cases"
    found = {}
    for path in sorted(top.rglob("*.yaml")):
        try:
            found[path.relative_to(top).with_suffix("").as_posix()] = read_case_file(path)
        except (LivedoError, yaml.YAMLError, UnicodeDecodeError) as error:
            raise KnowledgeInvalid(
                "A case file cannot be read.",
                where=f"{path.relative_to(folder).as_posix()}: {getattr(error, 'what', error)}",
                next_step="Run: livedo knowledge check",
            ) from None
    return found


def run_cases(
    engine: Engine, knowledge: Believed, only: Collection[str] | None = None
) -> list[CaseResult]:
    """What the engine answers in every case of the rules, or of `only` some of them."""
    return [
        result
        for rule_id, file in load_cases(knowledge.folder).items()
        if rule_id in knowledge.rules and (only is None or rule_id in only)
        for result in results_of(engine, knowledge, file)
    ]


def results_of(engine: Engine, knowledge: Believed, file: CaseFile) -> Iterator[CaseResult]:
    """What the engine answers in every case of one file."""
    for case in file.cases:
        yield run_case(engine, knowledge, file.rule, case)


def run_case(engine: Engine, knowledge: Believed, rule_id: str, case: Case) -> CaseResult:
    """What the engine answers in one case."""
    try:
        record, as_of = patient_from_case(case, knowledge.vocabulary)
        answer = engine.judge(record, as_of, rules=(rule_id,)).answers[rule_id]
        why = "; ".join(_differences(answer, case, knowledge))
        got = str(answer.status)
    except LivedoError as error:
        why, got = error.what, "error"
    return CaseResult(
        rule=rule_id, case=case.name, expected=case.expect, got=got, passed=not why, why=why
    )


def _differences(answer: AnswerLike, case: Case, knowledge: Believed) -> Iterator[str]:
    if answer.status != case.expect:
        yield f"expected {case.expect}, the rule answers {answer.status}"
    missing = {part.concept for part in answer.missing}
    for concept in case.expect_missing:
        if concept not in missing:
            yield f"{concept} is not among what is missing ({', '.join(sorted(missing)) or '-'})"
    if case.expect_value is not None and not _is_value(answer, case.expect_value, knowledge):
        yield f"expected the value {case.expect_value}, the rule gives {answer.value}"


def _is_value(answer: AnswerLike, text: str, knowledge: Believed) -> bool:
    if answer.value is None:
        return False
    if answer.value_concept is None:
        return equals(answer.value, knowledge.vocabulary.units.parse(text)[0])
    return equals(answer.value, canonical_value(answer.value_concept, text, knowledge.vocabulary))
