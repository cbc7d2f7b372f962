"""A text in one language only is a mistake, wherever below the knowledge it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from livedo.knowledge.check import check_all
from livedo.knowledge.check_languages import CHECKED_ELSEWHERE, check_languages
from livedo.knowledge.load import SHIPPED, Knowledge
from livedo.knowledge.mistakes import Document, Mistake, Report
from livedo.knowledge.positions import compose

LATER = "claims/later/"


def danish(text: str) -> Iterator[yaml.ScalarNode]:
    """The Danish texts of a file, as nodes that know where they stand."""
    waiting = [compose(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                waiting.append(value)
                is_danish = key.value == "da" or key.value.endswith("_da")
                if is_danish and isinstance(value, yaml.ScalarNode):
                    yield value


def has_danish(text: str) -> bool:
    return next(danish(text), None) is not None


def files_with_danish() -> list[str]:
    names = [path.relative_to(SHIPPED).as_posix() for path in sorted(SHIPPED.rglob("*.yaml"))]
    texts = {n: (SHIPPED / n).read_text("utf-8") for n in names if not n.startswith("wording/")}
    return [name for name, text in texts.items() if has_danish(text)]


FILES = files_with_danish()
KINDS = {name.rpartition("/")[0] or name: name for name in FILES}
"""One file of each folder, and each file that stands alone."""


def emptied(text: str, node: yaml.ScalarNode) -> str:
    """The file with one text made empty; what follows it stays on its line."""
    start, end = node.start_mark.index, node.end_mark.index
    return text[:start] + '""' + ("\n" if text[end - 1] == "\n" else "") + text[end:]


def checked(folder: Path, name: str, text: str) -> list[Mistake]:
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return check_all(folder)


@pytest.mark.parametrize("name", KINDS.values(), ids=KINDS)
def test_a_danish_text_made_empty_is_named_with_file_and_line(name: str, tmp_path: Path) -> None:
    text = (SHIPPED / name).read_text("utf-8")
    node = next(danish(text))
    before = {(m.code, m.line) for m in checked(tmp_path / "before", name, text)}
    after = checked(tmp_path / "after", name, emptied(text, node))
    new = [m for m in after if (m.code, m.line) not in before and m.file == name]
    lines = text.splitlines()
    places = {node.start_mark.line + 1, item_line(lines, node.start_mark.line)}
    assert [m for m in new if m.line in places]


def item_line(lines: list[str], line: int) -> int:
    """The line where the item of a list begins: there the lists are said to lack a text."""
    return max((n for n in range(1, line + 2) if lines[n - 1].startswith("- ")), default=0)


def test_a_wording_made_empty_in_danish_is_named_with_file_and_line(tmp_path: Path) -> None:
    for lang in ("en", "da"):
        path = tmp_path / "wording" / lang / "act.yaml"
        path.parent.mkdir(parents=True)
        path.write_text((SHIPPED / "wording" / lang / "act.yaml").read_text("utf-8"), "utf-8")
    lines = path.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if re.match(r"\w+: \w", line))
    lines[at] = f'{lines[at].partition(":")[0]}: ""'
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = [(m.file, m.line, m.code) for m in check_all(tmp_path)]
    assert ("wording/da/act.yaml", at + 1, "wording_empty") in found


@pytest.mark.parametrize("name", [n for n in FILES if not n.startswith(CHECKED_ELSEWHERE)])
def test_every_danish_text_is_looked_at(name: str) -> None:
    text = (SHIPPED / name).read_text("utf-8")
    found = list(danish(text))
    for node in found[:: max(1, len(found) // 5)]:
        report = Report(Knowledge(SHIPPED, {}).wording("en"))
        check_languages({name: Document(name, emptied(text, node))}, report)
        assert [mistake.line for mistake in report.mistakes] == [node.start_mark.line + 1]


def test_a_danish_text_taken_away_is_named_where_its_english_stands(tmp_path: Path) -> None:
    text = 'terms:\n  - id: eschar\n    term: {en: eschar}\n    note: {da: "kun dansk"}\n'
    found = checked(tmp_path, "teaching/example.yaml", text)
    said = [(m.line, m.message) for m in found if m.code == "text_missing"]
    assert said == [
        (3, "`terms.0.term.da` has no text in da."),
        (4, "`terms.0.note.en` has no text in en."),
    ]


def test_the_full_statement_of_later_evidence_may_stand_in_english_alone(tmp_path: Path) -> None:
    text = "claims:\n  - id: X-01\n    says: {en: full}\n    short: {en: brief}\n"
    found = checked(tmp_path / "later", f"{LATER}x.yaml", text)
    assert [m.line for m in found if m.code == "text_missing"] == [4]
    founding = checked(tmp_path / "founding", "claims/founding/x.yaml", text)
    assert [m.line for m in founding if m.code == "text_missing"] == [3, 4]
