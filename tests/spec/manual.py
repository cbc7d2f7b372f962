"""Writes docs/reference/manual.md from the specification: `python -m tests.spec.manual`.

Every test is a paragraph (its docstring) with its examples. A test must
therefore be readable as one.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from tests.spec.example import AS_OF, Example, Spec

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "reference" / "manual.md"

CHAPTERS = {
    "unknown": ("truth_tables", "absence", "time"),
    "results": ("latest", "comparisons", "last_n", "change", "product"),
    "states": ("active", "recent", "ever", "duration"),
    "pairs": ("during", "before"),
    "person": ("person",),
    "logic": ("all", "any", "at_least", "not", "rule"),
    "narrowing": ("where", "same", "same_sample"),
    "evidence": ("evidence", "outlook"),
}
"""Chapters and their sections, in reading order."""


def manual() -> str:
    """The whole text."""
    package = __package__
    blocks = [
        "# What the rules mean",
        "Generated from `tests/spec` by `python -m tests.spec.manual`; change it there.",
        "Each example is a rule, a patient and the answer. Unless it says otherwise it is judged "
        f"at the end of {AS_OF}, from what was known then. A date without a time of day is a "
        "whole day; `on` marks a finding at one moment, `from` and `until` a span.",
    ]
    for chapter, sections in CHAPTERS.items():
        folder = importlib.import_module(f"{package}.{chapter}")
        blocks.append(f"## {_title(folder)}")
        blocks += _after_title(folder)
        for section in sections:
            blocks += _section(importlib.import_module(f"{package}.{chapter}.test_{section}"))
    return "\n\n".join(blocks) + "\n"


def _section(module: ModuleType) -> Iterator[str]:
    yield f"### {_title(module)}"
    yield from _after_title(module)
    for test in _tests(module):
        yield inspect.cleandoc(test.__doc__ or "").strip()
        yield from _examples_shown(_examples_of(test))


def _examples_shown(examples: list[Example | str]) -> Iterator[str]:
    """Each example; a rule that stands just above is not repeated."""
    above = ""
    for example in examples:
        if isinstance(example, str):
            yield example
            continue
        rule = _rule(example)
        if rule != above:
            yield rule
        above = rule
        yield _patient_and_answer(example)


def _examples_of(test: Callable[[Spec], None]) -> list[Example | str]:
    spec = Spec()
    test(spec)
    return spec.examples


def all_examples() -> Iterator[Example]:
    """Every example of every section."""
    for chapter, sections in CHAPTERS.items():
        for section in sections:
            module = importlib.import_module(f"{__package__}.{chapter}.test_{section}")
            for test in _tests(module):
                yield from (one for one in _examples_of(test) if isinstance(one, Example))


def _title(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _after_title(module: ModuleType) -> list[str]:
    _, _, rest = (module.__doc__ or "").strip().partition("\n")
    return [rest.strip()] if rest.strip() else []


def _tests(module: ModuleType) -> list[Callable[[Spec], None]]:
    """The paragraphs of a section, in the order in which they are written."""
    named = [value for name, value in vars(module).items() if name.startswith("test_")]
    paragraphs = [test for test in named if "spec" in inspect.signature(test).parameters]
    return sorted(paragraphs, key=lambda test: inspect.getsourcelines(test)[1])


def _rule(example: Example) -> str:
    blocks = [f"```yaml\n{example.rule}\n```"]
    blocks += [f"with `{name}`:\n\n```yaml\n{text}\n```" for name, text in example.others.items()]
    return "\n\n".join(blocks)


def _patient_and_answer(example: Example) -> str:
    about = f"{example.about[0].upper()}{example.about[1:]}. " if example.about else ""
    if not example.patient:
        return f"{about}No facts. Answer: {example.answer}."
    return f"{_table(example.patient)}\n\n{about}Answer: {example.answer}."


def _table(patient: str) -> str:
    rows = [[cell.strip() for cell in line.split("|")] for line in patient.splitlines()]
    header, *facts = rows
    lines = [["fact", *header], ["---"] * (len(header) + 1)]
    lines += [[str(number), *fact] for number, fact in enumerate(facts, start=1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    MANUAL.parent.mkdir(exist_ok=True)
    MANUAL.write_text(manual(), encoding="utf-8")
