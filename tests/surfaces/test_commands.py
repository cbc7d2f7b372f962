"""The commands: their list, their help, their errors, their speed of starting."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from livedo.errors import LivedoError
from livedo.surfaces import cli as program
from livedo.surfaces.cli import cli
from livedo.surfaces.manual import commands, manual

PACKAGE = Path(program.__file__).resolve().parents[1]
DOCS = Path(__file__).resolve().parents[2] / "docs"

EXPECTED = """\
livedo
livedo demo
livedo patient
livedo read
livedo screen
livedo serve
livedo replay
livedo report
livedo referral
livedo leaflet
livedo glossary
livedo evidence
livedo knowledge
livedo knowledge check
livedo knowledge coverage
livedo knowledge list
livedo knowledge schema
livedo knowledge show
livedo knowledge test
livedo evaluate
livedo evaluate vignettes
livedo hooks
livedo hooks try
livedo registry
livedo registry completeness
livedo registry export
livedo registry follow-up
livedo registry import
livedo registry report
livedo backup
livedo restore
livedo forget
livedo audit
livedo audit show
livedo audit verify
livedo doctor
livedo config
livedo config show
livedo completion
"""

ALL = list(commands(cli, "livedo"))


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A command that raises what is put into the list."""
    raised: list[BaseException] = []

    @click.command()
    def trouble() -> None:
        raise raised[0]

    monkeypatch.setitem(cli.commands, "trouble", trouble)
    return raised


def test_the_commands_are_these_and_in_this_order() -> None:
    assert "".join(f"{name}\n" for name, _ in ALL) == EXPECTED


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_every_help_has_a_purpose_an_example_and_exit_codes(
    name: str, command: click.Command
) -> None:
    names = cli.context_settings["help_option_names"]
    context = click.Context(command, info_name=name, help_option_names=names)
    help_text = command.get_help(context)
    assert "Example" in help_text
    assert f"  {name.split()[0]} " in help_text
    assert "Exit codes: 0 " in help_text
    assert command.help
    assert "…" not in command.help


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_every_example_names_a_command_and_options_that_exist(
    name: str, command: click.Command
) -> None:
    examples = (command.help or "").split("Example", 1)[1].split("Exit codes")[0]
    known = dict(ALL)
    found = re.findall(r"(?<![\w.])livedo (.*?)(?=   |\n)", examples)
    assert found
    for words in (["livedo", *line.split()] for line in found):
        named = next(n for n in (" ".join(words[:3]), " ".join(words[:2])) if n in known)
        options = {option for p in known[named].params for option in p.opts}
        assert {word for word in words if word.startswith("-")} <= options


def test_no_summary_is_cut_off_in_the_list_of_commands() -> None:
    for name, command in ALL:
        if isinstance(command, click.Group):
            shown = CliRunner().invoke(cli, [*name.split()[1:], "--help"]).output
            assert "..." not in shown.split("Commands:")[1]


def test_the_manual_of_the_command_line_is_current() -> None:
    assert (DOCS / "reference" / "cli.md").read_text(encoding="utf-8") == manual()


def test_starting_loads_nothing_heavy() -> None:
    heavy = ["pyarrow", "duckdb", "pandas", "jinja2", "yaml", "msgspec", "numpy"]
    script = (
        "import sys, livedo.surfaces.cli; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_known_error_gives_its_text_and_its_exit_status(planted: list[BaseException]) -> None:
    class KnownError(LivedoError):
        code = "LIV-777"
        exit_status = 77

    planted.append(KnownError("It is so", where="here", next_step="go there"))
    result = CliRunner().invoke(cli, ["trouble"])
    assert result.exit_code == 77
    assert result.stdout == ""
    assert result.stderr == "It is so [LIV-777]\n  Where: here\n  Next: go there\n"


def test_an_unknown_error_shows_its_kind_and_never_its_text(planted: list[BaseException]) -> None:
    planted.append(ValueError("phosphate 9.99 of CANARY-PERSON"))
    result = CliRunner().invoke(cli, ["trouble"])
    assert result.exit_code == 99
    assert "LIV-900" in result.stderr
    assert "ValueError" in result.stderr
    assert "--verbose" in result.stderr
    assert "CANARY" not in result.output
    assert "9.99" not in result.output
    assert "Traceback" not in result.output


def test_the_trace_is_shown_when_asked_for(planted: list[BaseException]) -> None:
    planted.append(ValueError("inside"))
    result = CliRunner().invoke(cli, ["--verbose", "trouble"])
    assert result.exit_code == 99
    assert "Traceback" in result.stderr


def test_ctrl_c_says_that_the_old_record_is_intact(planted: list[BaseException]) -> None:
    planted.append(KeyboardInterrupt())
    result = CliRunner().invoke(cli, ["trouble"])
    assert result.exit_code == 130
    assert "the old record is intact" in result.stderr


def test_a_reader_who_leaves_the_pipe_causes_no_message() -> None:
    program_call = f"{sys.executable} -m livedo --help"
    script = f"set -o pipefail; for i in 1 2 3; do {program_call} | head -c 1 >/dev/null; done"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert done.stderr == ""


def test_exit_statuses_and_codes_are_never_shared() -> None:
    for path in (PACKAGE).rglob("*.py"):
        if "errors import" in path.read_text(encoding="utf-8"):
            importlib.import_module(
                ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
            )
    kinds = [LivedoError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    own = [kind for kind in kinds if kind.__module__.startswith("livedo.")]
    stated = [kind for kind in own if "code" in vars(kind)]
    assert len({kind.code for kind in stated}) == len(stated)
    assert len({kind.exit_status for kind in stated}) == len(stated)


@pytest.mark.parametrize(
    "arguments",
    [
        ["screen", "record", "--engine", "columns"],
        ["screen", "record", "--engine", "spark"],
    ],
)
def test_what_is_not_built_yet_is_said_and_is_wrong_use(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert "not built yet" in result.stderr


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    result = CliRunner().invoke(cli, ["read", "x", "--dry-run", "--time-zone", "Nowhere/Land"])
    assert result.exit_code == 24
    assert "Europe/Copenhagen" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion_script(shell: str) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert "_LIVEDO_COMPLETE" in result.output


def test_completion_knows_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from livedo.surfaces.cli import main; main()"],
        env={"_LIVEDO_COMPLETE": "bash_complete", "COMP_WORDS": "livedo rep", "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["plain,replay", "plain,report"]


def test_the_program_can_be_started_as_a_module() -> None:
    assert callable(program.main)
    done = subprocess.run(
        [sys.executable, "-m", "livedo", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("livedo, version ")
