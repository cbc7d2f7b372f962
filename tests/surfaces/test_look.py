"""What people see, kept as files to be read by a reviewer.

When the look is changed on purpose: `LIVEDO_WRITE_GOLDEN=1 pytest tests/surfaces/test_look.py`,
then read the difference.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest

from livedo.surfaces.patient_text import patient_lines
from livedo.surfaces.replay_text import replay_lines
from livedo.surfaces.terminal import Line, Terminal, columns
from livedo.surfaces.words import Words, words
from livedo.surfaces.worklist_text import worklist_lines
from tests.surfaces.birkesoe import EXPLANATION, REPLAY, SCREENING
from tests.surfaces.kornblomst_whole import whole

GOLDEN = Path(__file__).parent / "golden"

View = Callable[[Words, Terminal], Iterable[Line]]

VIEWS: dict[str, View] = {
    "screen": lambda w, t: worklist_lines(SCREENING, w, t, "normal", "record/"),
    "screen-short": lambda w, t: worklist_lines(SCREENING, w, t, "short", "record/"),
    "screen-long": lambda w, t: worklist_lines(SCREENING, w, t, "long", "record/"),
    "patient": lambda w, t: patient_lines(EXPLANATION, w, t, "normal", True),
    "patient-short": lambda w, t: patient_lines(EXPLANATION, w, t, "short", True),
    "patient-long": lambda w, t: patient_lines(EXPLANATION, w, t, "long", True),
    "deeper": lambda w, t: patient_lines(whole(), w, t, "normal", True),
    "deeper-long": lambda w, t: patient_lines(whole(), w, t, "long", True),
    "replay": lambda w, t: replay_lines(REPLAY, w, t, True),
}

TERMINALS = {
    "": Terminal(),
    "-narrow-ascii": Terminal(width=64, encoding="ascii"),
    "-colour": Terminal(has_colour=True),
}

CASES = [
    (f"{view}{kind}.{lang}.txt", view, kind, lang)
    for view in VIEWS
    for kind in TERMINALS
    for lang in ("en", "da")
    if not (kind and "-" in view) and not (kind == "-colour" and lang == "da")
]


def printed(lines: Iterable[Line], terminal: Terminal) -> str:
    out = io.StringIO()
    terminal.print(lines, out)
    return out.getvalue()


def shown(view: str, terminal: Terminal, lang: str = "en") -> str:
    return printed(VIEWS[view](words(lang), terminal), terminal)


@pytest.mark.parametrize(("name", "view", "kind", "lang"), CASES, ids=[case[0] for case in CASES])
def test_the_look_is_the_one_that_was_read(name: str, view: str, kind: str, lang: str) -> None:
    text = shown(view, TERMINALS[kind], lang)
    if os.environ.get("LIVEDO_WRITE_GOLDEN"):
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [40, 64, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut_with_dots(
    view: str, width: int
) -> None:
    for text in shown(view, Terminal(width=width)).splitlines():
        assert columns(text) <= width
        assert "…" not in text
        assert "..." not in text


@pytest.mark.parametrize("view", VIEWS)
def test_a_narrow_terminal_drops_no_word(view: str) -> None:
    heads = {"id", "person", "state", "change", "palpated", "next", "step", "when", "and", "who"}
    wide, narrow = (set(shown(view, Terminal(width=width)).split()) for width in (160, 50))
    assert wide - heads <= narrow


@pytest.mark.parametrize("view", VIEWS)
def test_colour_changes_nothing_but_colour(view: str) -> None:
    assert strip_colour(shown(view, Terminal(has_colour=True))) == shown(view, Terminal())


def strip_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_nobody_due_is_said_in_words() -> None:
    quiet = [group for group in SCREENING.groups if not group.is_due]
    empty = msgspec.structs.replace(SCREENING, groups=tuple(quiet), patients=(), compared_with=None)
    text = printed(worklist_lines(empty, words("en"), Terminal(), "normal", "r/"), Terminal())
    assert "0 with something due" in text
    assert "not suspected from the data seen" in text
