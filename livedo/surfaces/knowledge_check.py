"""The reviewer's checks, the cases and the coverage, on a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from livedo.assess.engine_python import PythonEngine
from livedo.errors import SourceUnreadable
from livedo.knowledge.cases import CaseResult, run_cases
from livedo.knowledge.check import check_all
from livedo.knowledge.coverage import Coverage, coverage
from livedo.knowledge.load import SHIPPED, Knowledge, knowledge_files, load_knowledge
from livedo.knowledge.mistakes import Mistake
from livedo.surfaces.knowledge_text import version
from livedo.surfaces.terminal import Line, Role, Terminal, columns, pad, wrap
from livedo.surfaces.unknown_names import unknown
from livedo.surfaces.words import Words

INDENT = 4


def mistakes_in(folder: Path | None, lang: str) -> list[Mistake]:
    """Every mistake of a knowledge folder; its cases are run as well."""
    if folder is not None and not folder.is_dir():
        raise SourceUnreadable("This is not a folder of knowledge", where=str(folder))
    return check_all(folder or SHIPPED, PythonEngine, lang)


def mistakes_document(mistakes: Sequence[Mistake]) -> str:
    """The mistakes for other programs."""
    return msgspec.json.encode({"mistakes": mistakes}).decode()


def check_lines(
    mistakes: Sequence[Mistake], folder: Path | None, words: Words, terminal: Terminal
) -> Iterator[Line]:
    """Each mistake with its place and what to do; or that there is none."""
    if not mistakes:
        files = sum(1 for _ in knowledge_files(folder or SHIPPED))
        text = words.text("knowledge.clean", n=words.whole(files))
        yield from wrap([(f"{text} {version(words)}", "")], terminal.width)
        return
    yield [(words.count("knowledge.mistakes", len(mistakes)), "danger")]
    for mistake in mistakes:
        place = f"{mistake.file}:{mistake.line}:{mistake.column}: "
        line: Line = [(place, "strong"), (mistake.message, ""), (f" [{mistake.code}]", "quiet")]
        yield from wrap(line, terminal.width, INDENT)
        if mistake.hint:
            hint: Line = [(" " * INDENT, ""), (mistake.hint, "quiet")]
            yield from wrap(hint, terminal.width, INDENT)


def run(rules: Sequence[str]) -> list[CaseResult]:
    """The cases of the named rules, or of all."""
    knowledge = load_knowledge()
    for rule in rules:
        if rule not in knowledge.rules:
            raise unknown(rule, knowledge.rules)
    return run_cases(PythonEngine(knowledge), knowledge, rules or None)


def cases_document(results: Sequence[CaseResult]) -> str:
    """The cases for other programs."""
    return msgspec.json.encode({"cases": results}).decode()


def case_lines(results: Sequence[CaseResult], words: Words, terminal: Terminal) -> Iterator[Line]:
    """How many cases pass; each failing one with what differs."""
    failed = [result for result in results if not result.passed]
    passed = len(results) - len(failed)
    if failed:
        yield [(words.count("knowledge.cases_failed", len(failed)), "danger")]
    for result in failed:
        line: Line = [(f"{result.rule}: ", "strong"), (result.case, "")]
        yield from wrap([*line, (f"  {result.why}", "quiet")], terminal.width, INDENT)
    yield [(words.count("knowledge.cases_passed", passed), "")]


def covered() -> list[Coverage]:
    """Every statement and what carries it."""
    knowledge: Knowledge = load_knowledge()
    return coverage(knowledge, PythonEngine(knowledge))


def coverage_document() -> str:
    """The document of the contract."""
    return msgspec.json.encode({"claims": covered()}).decode()


def coverage_lines(words: Words, terminal: Terminal) -> Iterator[Line]:
    """Each statement with its status, then the sums, for founding and later evidence."""
    found = covered()
    roles: dict[str, Role] = {"executable": "done", "shown": "", "missing": "risk"}
    status = max(columns(words.text(f"knowledge.status.{name}")) for name in roles) + 2
    name = max(columns(item.id) for item in found) + 2
    for item in found:
        line: Line = [
            (pad(words.text(f"knowledge.status.{item.status}"), status), roles[item.status]),
            (pad(item.id, name), "strong"),
            (", ".join(item.carried_by), "quiet"),
        ]
        yield from wrap(line, terminal.width, status + name)
    yield []
    yield from sums(found, words)


def sums(found: Sequence[Coverage], words: Words) -> Iterator[Line]:
    """How many statements have each status."""
    claims = load_knowledge().claims
    for kind in ("founding", "later"):
        of_kind = [item for item in found if claims[item.id].kind == kind]
        counted = Counter(item.status for item in of_kind)
        for status in ("executable", "shown", "missing"):
            text = words.text(
                f"knowledge.coverage_{kind}",
                n=words.whole(counted[status]),
                total=words.whole(len(of_kind)),
                status=words.text(f"knowledge.status.{status}"),
            )
            yield [(text, "")]
