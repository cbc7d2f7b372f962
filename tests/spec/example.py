"""Examples of rules: a rule, a patient drawn as a small table, and the answer."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec

from livedo.assess.answer import Answer, Judgement, Status
from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.casefile import Case, parse_case
from livedo.knowledge.invented import patient_from_case
from livedo.knowledge.positions import read_yaml
from livedo.knowledge.schema import Rule
from livedo.knowledge.tree import parse_rule
from livedo.knowledge.vocabulary import load_vocabulary

AS_OF = "2026-11-20"
"""The day at whose end every example is judged, unless it says otherwise."""

ASKED = "risk/asked"


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One example as the manual shows it."""

    rule: str
    others: Mapping[str, str]
    patient: str
    about: str
    answer: str


class Spec:
    """Judges examples and remembers them for the manual."""

    def __init__(self) -> None:
        self.examples: list[Example | str] = []

    def ask(
        self,
        rule: str,
        patient: str,
        answer: str,
        *,
        because: Sequence[object] | None = None,
        missing: str | None = None,
        value: float | None = None,
        observed: Sequence[str] = (),
        as_of: str = AS_OF,
        others: Mapping[str, str] | None = None,
        **person: str,
    ) -> Answer:
        """Judges the patient and checks the answer.

        Args:
            rule: the condition, in YAML as in a rule file.
            patient: one fact a line below a line that names the columns.
            answer: yes, no or unknown.
            because: the numbers of the deciding rows; a domain for an observed span.
            missing: `concept: why` for each thing that is missing, joined by "; ".
            observed: spans such as `drug` (all history), `drug 2026-01-01..2026-11-20`
                or `drug 2026-01-01..2026-11-20 with history`.
            others: further rules by id, each a condition.
            person: `sex`, `born`, `died`.
        """
        rule, patient = textwrap.dedent(rule).strip(), textwrap.dedent(patient).strip()
        case = case_of(patient, observed, as_of, person)
        answers = judge({ASKED: rule, **(others or {})}, case).answers
        found = answers[ASKED]
        assert found.status.value == answer, found
        if because is not None:
            assert references(found) == {str(part) for part in because}, found
        if missing is not None:
            said = "; ".join(f"{one.concept}: {one.why}" for one in found.missing)
            assert said == missing, found
        if value is not None:
            assert found.value is not None
            assert abs(found.value - value) < 1e-6, found
        self._remember(rule, patient, found, observed, as_of, others or {}, person)
        return found

    def truth_table(self, name: str, join: Callable[[Status, Status], Status]) -> None:
        """Shows how two answers join."""
        statuses = (Status.YES, Status.NO, Status.UNKNOWN)
        lines = [[name, *statuses], ["---"] * 4]
        lines += [[f"**{one}**", *(join(one, other) for other in statuses)] for one in statuses]
        self.examples.append("\n".join(f"| {' | '.join(cells)} |" for cells in lines))

    def _remember(
        self,
        rule: str,
        patient: str,
        found: Answer,
        observed: Sequence[str],
        as_of: str,
        others: Mapping[str, str],
        person: Mapping[str, str],
    ) -> None:
        about = [f"judged on {as_of}"] if as_of != AS_OF else []
        about += [f"{name} {text}" for name, text in person.items()]
        if observed:
            about.append("observed: " + ", ".join(span_in_words(span) for span in observed))
        self.examples.append(
            Example(
                rule=rule,
                others={name: textwrap.dedent(text).strip() for name, text in others.items()},
                patient=patient,
                about="; ".join(about),
                answer=in_words(found),
            )
        )


def span_in_words(span: str) -> str:
    """A declared span as the manual says it."""
    return span if " " in span else f"{span} with all history"


def in_words(answer: Answer) -> str:
    """An answer as the manual says it."""
    because = ", ".join(
        f"fact {part}" if part.isdigit() else f"the observed span of {part}"
        for part in sorted(references(answer))
    )
    lacking = "; ".join(f"{one.concept}: {one.why}" for one in answer.missing)
    text = f"**{answer.status.value}**"
    if answer.status.value != "unknown" and because:
        text += f", because of {because}"
    return f"{text} ({lacking})" if lacking else text


def references(answer: Answer) -> set[str]:
    """The numbers of the deciding rows and the domains of the deciding spans."""
    return {reference.split(":")[1] for reference in answer.evidence}


def rule_of(rule_id: str, when: str) -> Rule:
    """A rule with this condition and nothing else."""
    text = {"en": rule_id, "da": rule_id}
    return parse_rule({"id": rule_id, "title": text, "asks": text, "when": read_yaml(when)})


def engine_of(rules: Mapping[str, str]) -> PythonEngine:
    """An engine that knows these rules; the asked rule comes last, as it may ask the others."""
    ordered = {name: rules[name] for name in sorted(rules, key=lambda name: name == ASKED)}
    knowledge: Any = SimpleNamespace(
        rules={name: rule_of(name, when) for name, when in ordered.items()},
        vocabulary=load_vocabulary(),
        version="spec",
    )
    return PythonEngine(knowledge)


def judge(rules: Mapping[str, str], case: Case) -> Judgement:
    """The answers of these rules about an invented patient."""
    engine = engine_of({name: textwrap.dedent(rule) for name, rule in rules.items()})
    assert not engine.broken, engine.broken
    record, as_of = patient_from_case(case, load_vocabulary())
    return engine.judge(record, as_of)


def case_of(patient: str, observed: Sequence[str], as_of: str, person: Mapping[str, str]) -> Case:
    """An invented patient from a table of facts."""
    return parse_case(
        {
            "name": "example",
            "as_of": as_of,
            "expect": "unknown",
            "person": dict(person),
            "facts": facts_of(patient),
            "observed": [span_of(span) for span in observed],
        }
    )


def facts_of(table: str) -> list[dict[str, Any]]:
    """The rows of a table as plain values; an empty cell says nothing."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    if not lines:
        return []
    columns, *rows = lines
    return [
        {name: _cell(name, text) for name, text in zip(columns, row, strict=True) if text}
        for row in rows
    ]


def _cell(column: str, text: str) -> Any:
    """A reference interval is written `1.6..7 pmol/L`; either end may be missing."""
    if column != "reference":
        return text
    interval, _, unit = text.partition(" ")
    low, high = (f"{end} {unit}" if end else None for end in interval.split(".."))
    return [low, high]


def span_of(text: str) -> str | dict[str, Any]:
    """A declared observed span."""
    domain, _, rest = text.partition(" ")
    if not rest:
        return domain
    dates = rest.removesuffix(" with history")
    begins, _, ends = dates.partition("..")
    return {"domain": domain, "from": begins, "to": ends, "history": dates != rest}
