"""What carries each statement of the literature: a rule that runs, a text, or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from livedo.knowledge.cases import CaseResult, Engine, load_cases, run_cases
from livedo.knowledge.load import Knowledge, knowledge_files
from livedo.knowledge.positions import read_yaml

ENOUGH_CASES = 3
"""A rule counts as running when so many of its cases pass: one for each answer."""

Carried = Literal["executable", "shown", "missing"]

_NOT_TEXTS = ("rules/", "cases/", "claims/", "wording/da/")
"""Texts are counted in one language; both have the same."""

_FIELDS = ("because", "evidence")


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """One claim, what carries it, and how."""

    id: str
    carried_by: tuple[str, ...]
    status: Carried


def coverage(knowledge: Knowledge, engine: Engine | None = None) -> list[Coverage]:
    """Every claim of the knowledge, in its order.

    Args:
        knowledge: rules, texts and claims.
        engine: runs the cases; without one, every case counts as passing.
    """
    running = _running_rules(knowledge, engine)
    by_rule, by_text = _carriers(_rules(knowledge)), _carriers(_texts(knowledge))
    return [
        Coverage(
            id=claim,
            carried_by=(*by_rule[claim], *by_text[claim]),
            status=_status(by_rule[claim], by_text[claim], running),
        )
        for claim in knowledge.claims
    ]


def carriers(knowledge: Knowledge, claim: str) -> tuple[str, ...]:
    """The rules, then the texts, that name a claim."""
    both = (_carriers(_rules(knowledge)), _carriers(_texts(knowledge)))
    return tuple(name for found in both for name in found.get(claim, ()))


def _rules(knowledge: Knowledge) -> Iterator[tuple[str, Iterable[str]]]:
    return ((name, rule.because) for name, rule in knowledge.rules.items())


def _status(rules: list[str], texts: list[str], running: frozenset[str]) -> Carried:
    if running.intersection(rules):
        return "executable"
    return "shown" if texts else "missing"


def _running_rules(knowledge: Knowledge, engine: Engine | None) -> frozenset[str]:
    """Rules of a kind that carries claims, with enough passing cases."""
    passing = Counter(result.rule for result in _results(knowledge, engine) if result.passed)
    return frozenset(
        name
        for name, rule in knowledge.rules.items()
        if passing[name] >= ENOUGH_CASES and _carries_claims(knowledge, rule.kind)
    )


def _results(knowledge: Knowledge, engine: Engine | None) -> Iterable[CaseResult]:
    if engine is not None:
        return run_cases(engine, knowledge)
    return (
        CaseResult(rule=name, case=case.name, expected=case.expect, got="", passed=True)
        for name, file in load_cases(knowledge.folder).items()
        for case in file.cases
    )


def _carries_claims(knowledge: Knowledge, kind: str) -> bool:
    known = knowledge.kinds.get(kind)
    return known is not None and known.carries_claims


def _carriers(named: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, list[str]]:
    carriers: defaultdict[str, list[str]] = defaultdict(list)
    for name, claims in named:
        for claim in claims:
            if name not in carriers[claim]:
                carriers[claim].append(name)
    return carriers


def _texts(knowledge: Knowledge) -> Iterator[tuple[str, Iterable[str]]]:
    """Every part of every other knowledge file that names claims, by a name to find it by."""
    for name, path in knowledge_files(knowledge.folder):
        if path.suffix != ".yaml" or name.startswith(_NOT_TEXTS):
            continue
        text = path.read_text(encoding="utf-8")
        if any(f"{field}:" in text for field in _FIELDS):
            label = name.removesuffix(".yaml").removeprefix("wording/en/").replace("/", ".")
            yield from _named(read_yaml(text), label)


def _named(plain: Any, name: str) -> Iterator[tuple[str, Iterable[str]]]:
    if isinstance(plain, dict):
        for field in _FIELDS:
            if isinstance(plain.get(field), list):
                yield name, [claim for claim in plain[field] if isinstance(claim, str)]
        for key, value in plain.items():
            yield from _named(value, f"{name}.{key}")
    elif isinstance(plain, list):
        for i, item in enumerate(plain):
            label = item.get("id", i) if isinstance(item, dict) else i
            yield from _named(item, f"{name}.{label}")
