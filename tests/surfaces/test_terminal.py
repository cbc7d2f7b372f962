"""What a reader sees with and without colour, UTF-8 and width."""

from __future__ import annotations

import io

import pytest

from livedo.surfaces.signs import STATE_ROLES, STATE_SIGNS, spark
from livedo.surfaces.terminal import (
    SGR,
    Line,
    Terminal,
    columns,
    open_terminal,
    pad,
    shows_colour,
    spread,
    wrap,
)


def text_of(lines: list[Line]) -> list[str]:
    return [Terminal().render(line) for line in lines]


def test_without_colour_a_line_reads_the_same() -> None:
    line: Line = [("■ Ulcerated", "danger"), ("  why", "quiet")]
    plain = Terminal(has_colour=False).render(line)
    coloured = Terminal(has_colour=True).render(line)
    assert plain == "■ Ulcerated  why"
    assert coloured == "\x1b[1;31m■ Ulcerated\x1b[0m  \x1b[2mwhy\x1b[0m"


def test_only_the_eight_basic_colours_are_used_and_never_a_background() -> None:
    codes = {int(code) for sgr in SGR.values() for code in sgr.split(";")}
    assert codes <= {1, 2, *range(31, 37)}


def test_each_state_keeps_a_shape_of_its_own_in_ascii() -> None:
    ascii_only = Terminal(encoding="ascii")
    shapes = [ascii_only.render([(sign, "")]) for sign in STATE_SIGNS.values()]
    assert shapes == ["!", "#", "@", "o", "^", ".", "[]", "-"]
    assert STATE_SIGNS.keys() == STATE_ROLES.keys()


def test_danish_letters_and_units_stay_readable_in_ascii() -> None:
    ascii_only = Terminal(encoding="ascii")
    assert ascii_only.render([("Blåklokke på 38,6 °C, 5 µg", "")]) == (
        "Blaaklokke paa 38,6 deg C, 5 ug"
    )


def test_a_letter_that_cannot_be_shown_never_becomes_the_sign_for_unknown() -> None:
    assert "?" not in Terminal(encoding="ascii").render([("患者 ☃", "")])


def test_latin_1_keeps_the_letters_it_has() -> None:
    assert Terminal(encoding="latin-1").render([("■ på", "")]) == "# på"


def test_columns_stay_in_line_when_letters_grow_in_ascii() -> None:
    line: Line = [(pad("Køge", 10), ""), ("next", "")]
    assert Terminal(encoding="ascii").render(line) == "Koege     next"


def test_long_lines_are_broken_between_words_and_nothing_is_cut() -> None:
    words = "Review the indication for warfarin with cardiology before anything else"
    lines = text_of(wrap([(words, "")], 30, 4))
    assert all(len(line) <= 30 for line in lines)
    assert " ".join(line.strip() for line in lines) == words
    assert all(line.startswith("    ") for line in lines[1:])


def test_a_word_longer_than_the_line_stays_whole() -> None:
    word = "urn:uuid:0123456789-0123456789-0123456789-0123456789"
    assert word in text_of(wrap([("id ", ""), (word, "")], 20))[-1]


def test_a_question_mark_is_never_parted_from_what_is_not_known() -> None:
    line: Line = [("x" * 18, ""), ("  ?\u00a0PTH 12 Aug", "unknown")]
    assert text_of(wrap(line, 22)) == ["x" * 18, "? PTH 12 Aug"]


def test_sources_move_below_when_there_is_no_room_beside() -> None:
    right: Line = [("RF-01", "quiet")]
    assert text_of(spread([("warfarin", "")], right, 20)) == ["warfarin       RF-01"]
    assert text_of(spread([("warfarin " * 2, "")], right, 20))[1] == "               RF-01"


def test_wide_letters_count_twice_and_combining_ones_not_at_all() -> None:
    assert columns("患者") == 4
    assert columns("e\u0301") == 1


@pytest.mark.parametrize(
    ("color", "no_color", "expected"),
    [("auto", "", True), ("auto", "1", False), ("never", "", False), ("always", "1", True)],
)
def test_no_color_switches_colour_off_unless_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, color: str, no_color: str, expected: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    assert bool(shows_colour(True, color)) is expected


def test_a_pipe_gets_no_colour_and_a_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    terminal = open_terminal(io.StringIO())
    assert (terminal.has_colour, terminal.width) == (False, 100)


def test_months_without_a_value_are_dots_and_unknown_now_is_a_question_mark() -> None:
    assert spark((1.0, None, 2.0, None, None), is_too_old=True) == "▁·█??"
    assert spark((1.0, None, 2.0, None, None), is_too_old=False) == "▁·█··"
    assert spark((None, None), is_too_old=False) == "??"
