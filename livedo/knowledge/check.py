"""Reviewer's checks: every mistake of every knowledge file at once, each with its place.

One mistake never hides another: a file that cannot be parsed is noted and left
out, a condition that cannot be parsed only loses the checks of its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from livedo.errors import KnowledgeInvalid, LivedoError
from livedo.knowledge.casefile import CaseFile
from livedo.knowledge.check_cases import EngineFor, check_present, check_results, read_cases
from livedo.knowledge.check_languages import check_languages
from livedo.knowledge.check_lists_of_rules import check_lists_of_rules
from livedo.knowledge.check_numbers import Stated, check_numbers
from livedo.knowledge.check_references import (
    Known,
    RuleFile,
    check_across,
    check_references,
    known_names,
)
from livedo.knowledge.check_register import check_register
from livedo.knowledge.check_shape import check_shape, is_readable
from livedo.knowledge.check_teaching import check_teaching
from livedo.knowledge.check_wording import check_lists, check_next_steps, check_wording
from livedo.knowledge.json_schema import case_schema, rule_schema
from livedo.knowledge.load import SHIPPED, Knowledge, knowledge_files
from livedo.knowledge.mistakes import Document, Mistake, Report
from livedo.knowledge.schema import Rule
from livedo.knowledge.tree import RuleMalformed, parse_rule

__all__ = ["Mistake", "check_all", "unreviewed"]

LISTS = ("states", "groups", "next_steps", "kinds")


class Files(NamedTuple):
    """The readable files of a knowledge folder; rules and cases by the id of their path."""

    everything: dict[str, Document]
    rules: dict[str, Document]
    cases: dict[str, Document]


def check_all(
    folder: Path | str = SHIPPED, engine_for: EngineFor | None = None, language: str = "en"
) -> list[Mistake]:
    """Every mistake of every file of a knowledge folder, in the order of files and lines.

    Args:
        folder: the knowledge to check.
        engine_for: makes the engine that runs the cases; without one they are only read.
        language: the language of the messages.
    """
    folder = Path(folder)
    words = Knowledge(SHIPPED, {}).wording(language)
    report = Report(words)
    files = _read(folder, report)
    check_languages(files.everything, report)
    knowledge = Knowledge(folder, {})
    if not _is_usable(knowledge, files, report):
        return sorted(report.mistakes)
    rules = _check_rules(files, knowledge, report)
    known = known_names(knowledge, files.rules)
    cases = _check_cases(files, known, knowledge, report)
    check_lists(files.everything, report)
    check_lists_of_rules(files.everything, known, report)
    check_register(files.everything, known, report)
    check_next_steps(files.everything, knowledge, report)
    check_wording(files.everything, knowledge, report)
    check_teaching(files.everything, knowledge, known.rules, report)
    if engine_for is not None:
        _check_results(files, rules, cases, knowledge, engine_for, report)
    return sorted(set(report.mistakes))


def unreviewed(knowledge: Knowledge) -> list[str]:
    """The rules that no named clinician has reviewed yet: a note, not a mistake."""
    return [rule_id for rule_id, rule in knowledge.rules.items() if rule.review.by is None]


def _read(folder: Path, report: Report) -> Files:
    readable = {}
    for name, path in knowledge_files(folder):
        if path.suffix == ".yaml":
            document = Document.read(folder, path)
            if is_readable(document, report):
                readable[name] = document
        elif name.startswith(("rules/", "cases/")):
            report.add(Document(name, ""), (), "wrong_ending")
    return Files(readable, _below("rules", readable), _below("cases", readable))


def _below(top: str, documents: Mapping[str, Document]) -> dict[str, Document]:
    prefix = f"{top}/"
    return {
        name.removeprefix(prefix).removesuffix(".yaml"): document
        for name, document in documents.items()
        if name.startswith(prefix)
    }


def _is_usable(knowledge: Knowledge, files: Files, report: Report) -> bool:
    """Whether vocabulary, literature and lists can be loaded at all."""
    is_usable = True
    for name in ("vocabulary", "claims", "thresholds", *LISTS):
        try:
            getattr(knowledge, name)
        except KnowledgeInvalid as error:
            is_usable = False
            document = _named_in(error, files) or Document(name, "")
            report.add(document, (), "cannot_load", name=name, problem=error.where or error.what)
    return is_usable


def _named_in(error: LivedoError, files: Files) -> Document | None:
    """The file that an error speaks of."""
    for word in re.split(r"[\s:]+", f"{error.where} {error.what}"):
        for name, document in files.everything.items():
            if word.endswith(name):
                return document
    return None


def _check_rules(files: Files, knowledge: Knowledge, report: Report) -> dict[str, Rule]:
    """Every rule file; the rules that could be parsed."""
    shape = rule_schema(report.words)
    known = known_names(knowledge, files.rules)
    stated = stated_numbers(knowledge)
    rule_files = [RuleFile.of(document, rule_id) for rule_id, document in files.rules.items()]
    for file in rule_files:
        check_shape(file.document, shape, report)
        check_references(file, known, report)
        check_numbers(file, knowledge.vocabulary, stated, known.kinds, report)
    check_across(rule_files, report)
    return _parsed(files)


def _parsed(files: Files) -> dict[str, Rule]:
    rules = {}
    for rule_id, document in files.rules.items():
        try:
            rules[rule_id] = parse_rule(document.plain)
        except RuleMalformed:
            continue
    return rules


def stated_numbers(knowledge: Knowledge) -> Stated:
    """Every number that each threshold states, with its unit, in both systems."""
    return {name: threshold.numbers() for name, threshold in knowledge.thresholds.items()}


def _check_cases(
    files: Files, known: Known, knowledge: Knowledge, report: Report
) -> dict[str, CaseFile]:
    shape = case_schema(report.words)
    well_formed = [
        id for id, document in files.cases.items() if check_shape(document, shape, report)
    ]
    cases = read_cases(files.cases, well_formed, known, knowledge, report)
    rule_files = [RuleFile.of(document, rule_id) for rule_id, document in files.rules.items()]
    check_present(rule_files, files.cases, cases, report)
    return cases


def _check_results(
    files: Files,
    rules: Mapping[str, Rule],
    cases: Mapping[str, CaseFile],
    knowledge: Knowledge,
    engine_for: EngineFor,
    report: Report,
) -> None:
    """Cases run only when every rule can be loaded: a rule may ask any other."""
    if set(rules) != set(files.rules):
        return
    try:
        whole = knowledge.with_rules(rules)
    except KnowledgeInvalid:
        return
    check_results(cases, files.cases, files.rules, whole, engine_for, report)
