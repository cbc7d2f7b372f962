"""`livedo`: the command line. Commands are in `commands/`, one module a group.

Importing this module loads click and nothing heavier: every command imports
what it needs when it runs, so that `--help` and completion answer at once.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Any

import click

from livedo import __version__
from livedo.errors import Interrupted, LivedoError, Unexpected
from livedo.surfaces.commands.audit import audit
from livedo.surfaces.commands.completion import completion
from livedo.surfaces.commands.config import config
from livedo.surfaces.commands.demo import demo
from livedo.surfaces.commands.doctor import doctor
from livedo.surfaces.commands.evaluate import evaluate
from livedo.surfaces.commands.evidence import evidence
from livedo.surfaces.commands.glossary import glossary
from livedo.surfaces.commands.hooks import hooks
from livedo.surfaces.commands.knowledge import knowledge
from livedo.surfaces.commands.leaflet import leaflet
from livedo.surfaces.commands.patient import patient
from livedo.surfaces.commands.read import read
from livedo.surfaces.commands.referral import referral
from livedo.surfaces.commands.registry import registry
from livedo.surfaces.commands.replay import replay
from livedo.surfaces.commands.report import report
from livedo.surfaces.commands.screen import screen
from livedo.surfaces.commands.serve import serve
from livedo.surfaces.commands.store import backup, forget, restore
from livedo.surfaces.options import is_verbose, verbose_option

BROKEN_PIPE_STATUS = 141
"""128 + SIGPIPE, as the shell reports a program whose reader went away."""


class Commands(click.Group):
    """The commands in the order a newcomer meets them, and one way out for every error."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of definition, not of the alphabet."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; an error becomes a text on stderr and an exit status."""
        if not is_verbose(ctx):
            keep_log_quiet()
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except LivedoError as error:
            stop(ctx, error, error)
        except BrokenPipeError:
            leave_quietly(ctx)
        except KeyboardInterrupt as error:
            stop(ctx, interrupted(), error)
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                leave_quietly(ctx)
            stop(ctx, unexpected(error), error)
        return result


def keep_log_quiet() -> None:
    """Keeps log lines off the reader's screen; what matters is said in the result itself."""
    import logging

    logger = logging.getLogger("livedo")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def stop(ctx: click.Context, shown: LivedoError, cause: BaseException) -> None:
    """Says what happened and ends with the error's exit status."""
    if is_verbose(ctx):
        traceback.print_exception(cause, file=sys.stderr)
    click.echo(str(shown), err=True)
    ctx.exit(shown.exit_status)


def leave_quietly(ctx: click.Context) -> None:
    """Ends when the reader of a pipe went away, without a word at interpreter exit either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    ctx.exit(BROKEN_PIPE_STATUS)


def interrupted() -> Interrupted:
    """What Ctrl-C leaves behind: nothing half done."""
    return Interrupted(
        "Stopped",
        still_works="the old record is intact, and nothing partial was left behind",
        next_step="run the same command again when you are ready",
    )


def unexpected(error: Exception) -> Unexpected:
    """An error of our own, named by its kind and place; its text may hold a value and is kept."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if f"{os.sep}livedo{os.sep}" in frame.filename]
    last = (inside or frames)[-1] if frames else None
    place = f"{os.path.basename(last.filename)}, line {last.lineno}" if last else ""
    return Unexpected(
        f"Livedo met an error of its own ({type(error).__name__})",
        where=place,
        still_works="records and files that were there before are unchanged",
        next_step=(
            "livedo doctor; or run the command again with --verbose for the trace, "
            "which may hold patient data: read it before sharing"
        ),
    )


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="livedo")
@verbose_option
def cli() -> None:
    """Whose skin to look at today, and why: from a dialysis programme's own records.

    Livedo reads records, says who may have or may get calciphylaxis, what is
    missing to decide, and what to do next. It gives no probability, orders
    nothing, and is not a medical device.

    \b
    Examples:
      livedo demo                           an invented dialysis unit, in under a minute
      livedo read export/ --into record/    FHIR R4 files into a record
      livedo screen record/                 the worklist
      livedo patient record/ B-007          one person, with reasons

    \b
    Exit codes: 0 done; 1 findings, when asked with --fail-on; 2 wrong use;
    10 and up: named errors, printed as [LIV-...]; 130 stopped with Ctrl-C.
    """


for command in (
    demo, patient, read, screen, serve, replay, report, referral, leaflet, glossary, evidence,
    knowledge, evaluate, hooks, registry, backup, restore, forget, audit, doctor, config,
    completion,
):  # fmt: skip
    cli.add_command(command)


def main() -> None:
    """The program `livedo`."""
    try:
        status = cli.main(prog_name="livedo", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(Interrupted.exit_status)
    sys.exit(status if isinstance(status, int) else 0)
