"""What the manual tells a reader to type can be typed, and shows what the manual says."""

from __future__ import annotations

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
from tests.documents.pages import COMMAND, ROOT, SHELL, Command, Saved, blocks, name, pages, steps

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


@pytest.mark.parametrize("page", FOLLOWED, ids=name)
def test_a_reader_can_follow_the_page(page: Path, reader: Path) -> None:
    run = run_here
    if any(isinstance(step, Saved) for step in STEPS[page]):
        shutil.copytree(ROOT / "livedo", reader / "livedo")
        run = run_in_own_checkout
    for step in STEPS[page]:
        if isinstance(step, Saved):
            target = reader / step.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(step.text, encoding="utf-8")
        elif not step.not_run and not (step.is_pending and command_of(step.words) is None):
            exit_status, output = run(step.words)
            assert exit_status == step.exit_status, f"{step.place}\n{output}"
            seen = " ".join(output.split())
            for line in step.shown:
                assert " ".join(line.split()) in seen, f"{step.place}\n{output}"


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
