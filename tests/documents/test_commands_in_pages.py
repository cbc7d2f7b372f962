"""What the manual tells a reader to type can be typed, and shows what the manual says."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from livedo.surfaces.cli import cli
from livedo.surfaces.manual import commands as every_command
from tests.documents.pages import COMMAND, ROOT, SHELL, Command, blocks, name, pages, steps

MOST_NOT_RUN = 3
GENERATED = "docs/reference/cli.md"

STEPS = {page: list(steps(page)) for page in pages()}
FOLLOWED = [page for page, found in STEPS.items() if found]
KNOWN = dict(every_command(cli, "livedo"))


def command_of(words: list[str]) -> str | None:
    """The longest name of a command that the words begin with, a group alone being none."""
    names = (" ".join(words[:length]) for length in (3, 2))
    found = next((one for one in names if one in KNOWN), None)
    bare = words[1:2] in ([], ["--help"], ["--version"])
    if found is None:
        return "livedo" if bare else None
    is_group = isinstance(KNOWN[found], click.Group)
    return None if is_group and words[2:] != ["--help"] else found


def typed() -> Iterator[Command]:
    for found in STEPS.values():
        yield from (step for step in found if isinstance(step, Command))


def run_here(words: list[str]) -> tuple[int, str]:
    return run_once(*words) if words[1:2] == ["knowledge"] else run_once.__wrapped__(*words)


@functools.cache
def run_once(*words: str) -> tuple[int, str]:
    """What is said of the shipped knowledge does not depend on the folder of the reader."""
    result = CliRunner().invoke(cli, words[1:])
    return result.exit_code, result.output


def run_in_own_checkout(words: list[str]) -> tuple[int, str]:
    """In a process of its own, where the reader's copy of the knowledge is the one that counts."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def first_not_seen(shown: list[str], output: str) -> str | None:
    """The first line of a page that the output does not hold, in this order, however it wraps."""
    rest = " ".join(output.split())
    for line in shown:
        _, found, rest = rest.partition(" ".join(line.split()))
        if not found:
            return line
    return None


@pytest.mark.parametrize("page", FOLLOWED, ids=name)
def test_a_reader_can_follow_the_page(page: Path, reader: Path) -> None:
    run = run_here
    if not all(isinstance(step, Command) for step in STEPS[page]):
        shutil.copytree(ROOT / "livedo", reader / "livedo")
        run = run_in_own_checkout
    for step in STEPS[page]:
        if not isinstance(step, Command):
            step.write(reader)
        elif not step.not_run and not (step.is_pending and command_of(step.words) is None):
            exit_status, output = run(step.words)
            assert exit_status == step.exit_status, f"{step.place}\n{output}"
            assert first_not_seen(step.shown, output) is None, f"{step.place}\n{output}"


def test_every_command_in_the_pages_exists() -> None:
    unknown = [c.place for c in typed() if not c.is_pending and command_of(c.words) is None]
    assert unknown == []


def test_few_commands_are_not_run_and_each_says_why() -> None:
    left_out = [command for command in typed() if command.not_run]
    assert len(left_out) <= MOST_NOT_RUN
    assert all(len(command.not_run) > 10 for command in left_out)


def test_no_command_hides_in_a_block_that_is_not_run() -> None:
    hidden = [
        f"{name(page)}:{block.line}"
        for page in pages()
        if name(page) != GENERATED
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.language not in SHELL and any(map(COMMAND.fullmatch, block.lines))
    ]
    assert hidden == []


def test_an_output_that_differs_from_the_page_is_noticed() -> None:
    assert first_not_seen(["DANGER NOW", "B-044 woman"], "DANGER NOW  2\nB-044   woman 71") is None
    assert (
        first_not_seen(["B-044", "DANGER NOW"], "DANGER NOW  2\nB-044   woman 71") == "DANGER NOW"
    )
