"""Files read into a record, and what became of every item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from livedo.surfaces.options import Reader
from livedo.surfaces.progress import Progress
from livedo.surfaces.terminal import Line, Terminal, columns, wrap
from livedo.surfaces.words import Words

if TYPE_CHECKING:
    from livedo.record.build import ReadReport


def read_sources(
    sources: tuple[Path, ...],
    into: Path | None,
    observed: tuple[str, ...],
    time_zone: str,
    reader: Reader,
    mapping: Path | None = None,
) -> ReadReport:
    """Reads everything into a record, or only counts when `into` is None."""
    from livedo.record.build import read

    texts = reader.words
    current = ""

    def say(done: int, _: int | None) -> str:
        return texts.text("progress.reading", place=current, n=texts.whole(done))

    with Progress(say) as progress:

        def tell(file: str, done: int) -> None:
            nonlocal current
            current = file
            progress(done)

        return read(
            sources,
            into if into is not None else Path(),
            observed=observed,
            zone=time_zone,
            mapping=mapping,
            dry_run=into is None,
            progress=tell,
        )


def report_lines(
    report: ReadReport, into: Path | None, words: Words, terminal: Terminal
) -> Iterator[Line]:
    """The sum, every reason, what to declare, and what to do next."""
    yield from wrap(sum_line(report, words), terminal.width)
    yield from reason_lines(report.reasons, words, terminal)
    if report.parts_lost:
        lost = words.text("read.parts_lost", n=words.whole(sum(report.parts_lost.values())))
        yield from wrap([(f"{lost}:", "")], terminal.width)
        yield from reason_lines(report.parts_lost, words, terminal)
    if report.observed_proposed:
        yield []
        yield from wrap([(words.text("read.proposed"), "")], terminal.width)
        for proposed in report.observed_proposed:
            yield [("  --observed ", "quiet"), (proposed, "strong")]
    yield []
    if into is None:
        yield [(words.text("read.dry_run"), "strong")]
        return
    yield [
        (words.count("read.people", report.persons) + ". ", ""),
        (words.text("read.into", place=into), ""),
    ]
    yield [(words.text("read.next") + " ", "quiet"), (f"livedo screen {into}", "strong")]


def sum_line(report: ReadReport, words: Words) -> Line:
    """In, used, set aside."""
    return [
        (words.text("read.in", n=words.whole(report.totals.items_in)) + " ", ""),
        (words.text("read.used", n=words.whole(report.totals.used)), "strong"),
        (", ", ""),
        (words.text("read.set_aside", n=words.whole(report.totals.set_aside)), "strong"),
        ("." if not report.reasons else ":", ""),
    ]


def reason_lines(reasons: dict[str, int], words: Words, terminal: Terminal) -> Iterator[Line]:
    """Each reason with its count, most frequent first."""
    from livedo.knowledge.load import load_knowledge

    wording = load_knowledge().wording(words.lang)
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    width = max([columns(words.whole(count)) for _, count in ordered] + [0])
    for reason, count in ordered:
        key = f"set_aside.{reason}"
        named = wording.text(key) if key in wording else reason
        number = words.whole(count)
        line: Line = [(" " * (2 + width - len(number)), ""), (number, ""), (f"  {named}", "quiet")]
        yield from wrap(line, terminal.width, width + 4)
