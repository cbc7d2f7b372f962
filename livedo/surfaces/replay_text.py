"""A person's history on a terminal, date by date; each line uses only what was known then."""

from __future__ import annotations

from collections.abc import Iterator

from livedo.act.result import Replay, ReplayLine
from livedo.surfaces import signs
from livedo.surfaces.terminal import Line, Role, Terminal, columns, pad, spread, wrap
from livedo.surfaces.words import Words

SIGN_ROLES: dict[str, tuple[str, Role]] = {
    "+": ("+", "early"),
    "-": ("−", "quiet"),
    "?": ("?", "unknown"),
    "!": ("■", "danger"),
    "=": ("", ""),
}


def replay_lines(
    replay: Replay, words: Words, terminal: Terminal, invented: bool
) -> Iterator[Line]:
    """The whole history, then what it sums up to."""
    title: Line = [(replay.title or replay.person_id, "strong")]
    title.append((f"  {words.text('replay.note')}", "quiet"))
    if invented:
        title.append((f"  {words.text('common.invented')}.", "quiet"))
    yield from wrap(title, terminal.width)
    yield []
    date = max([columns(line.on) for line in replay.lines] + [10]) + 2
    state = max([columns(line.state_text) for line in replay.lines] + [0]) + 5
    for line in replay.lines:
        yield from moment(line, words, terminal, date, state)
    yield []
    for text in replay.summary:
        yield from wrap([(text, "quiet")], terminal.width)
    if replay.folded:
        folded = words.count("replay.folded", replay.folded)
        yield from wrap([(folded, "quiet")], terminal.width)


def moment(
    line: ReplayLine, words: Words, terminal: Terminal, date: int, state: int
) -> Iterator[Line]:
    """One date: the state, then every text with its sign; claims at the right edge."""
    strong: Role = "strong" if line.is_state_new else ""
    shape = signs.STATE_SIGNS.get(line.state, " ")
    start: Line = [
        (pad(line.on, date), strong),
        (pad(f"{shape} {line.state_text}", state), signs.STATE_ROLES.get(line.state, "")),
    ]
    if line.is_state_new and line.certainty_text:
        start.append((f"{line.certainty_text}  ", "strong"))
    indent = date + state
    if indent > terminal.width // 2:
        yield from wrap(start, terminal.width)
        indent = date
        start = [(" " * date, "")]
    texts = said(line, words)
    *first, last = [*start, *texts[0]], *([(" " * indent, ""), *text] for text in texts[1:])
    for text in first:
        yield from wrap(text, terminal.width, indent + 2)
    *before, end = wrap(last, terminal.width, indent + 2)
    yield from before
    yield from sources(end, line.claims, indent + 2, terminal)


def sources(end: Line, claims: tuple[str, ...], indent: int, terminal: Terminal) -> Iterator[Line]:
    """The last line of a moment with all its sources beside it, or below."""
    named: Line = [(" ".join(claims), "quiet")]
    if columns(named[0][0]) + indent < terminal.width:
        yield from spread(end, named, terminal.width) if claims else [end]
        return
    yield end
    yield from wrap([(" " * indent, ""), *named], terminal.width, indent)


def said(line: ReplayLine, words: Words) -> list[Line]:
    """The texts of one moment, each with its sign; the last says if time alone did it."""
    texts: list[Line] = []
    for number, text in enumerate(line.texts):
        sign, role = SIGN_ROLES[line.signs[number] if number < len(line.signs) else "="]
        texts.append([(f"{sign} {text}" if sign else text, role)])
    texts = texts or [[]]
    if line.by_time_alone:
        texts[-1].append((f"  {words.text('replay.by_time')}", "quiet"))
    return texts
