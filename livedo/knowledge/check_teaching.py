"""Checks of the teaching texts: the claims they rest on and the rules they explain exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from livedo.knowledge.load import Knowledge
from livedo.knowledge.mistakes import Document, Report

FOLDER = "teaching/"
FINDINGS = "teaching/findings.yaml"

Path = tuple[str | int, ...]


def check_teaching(
    documents: Mapping[str, Document],
    knowledge: Knowledge,
    rules: Collection[str],
    report: Report,
) -> None:
    """Each name in a teaching text that means nothing, with its place.

    Args:
        documents: the readable files of a knowledge folder, by their path.
        knowledge: knows the claims.
        rules: the ids of the rules there are.
        report: where mistakes are noted.
    """
    for name, document in documents.items():
        if name.startswith(FOLDER):
            _check_claims(document, knowledge.claims, report)
        if name == FINDINGS:
            _check_rules(document, rules, report)


def _check_claims(document: Document, claims: Collection[str], report: Report) -> None:
    for path, claim in _named(document.plain, ()):
        if claim not in claims:
            report.add(document, path, "unknown_claim", meant=(claim, claims), name=claim)


def _named(plain: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every claim that a `because` names, with the steps to it."""
    if isinstance(plain, list):
        for i, item in enumerate(plain):
            yield from _named(item, (*path, i))
    elif isinstance(plain, dict):
        for i, claim in enumerate(plain.get("because") or ()):
            yield (*path, "because", i), str(claim)
        for key, value in plain.items():
            yield from _named(value, (*path, key))


def _check_rules(document: Document, rules: Collection[str], report: Report) -> None:
    plain = document.plain if isinstance(document.plain, dict) else {}
    for rule in plain.get("findings") or {}:
        if rule not in rules:
            place = document.at_key(("findings",), rule)
            report.add(document, place, "unknown_rule", meant=(rule, rules), name=rule)
