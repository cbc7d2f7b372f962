"""`livedo completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click

from livedo.surfaces.options import verbose_option

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@verbose_option
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands in a shell.

    \b
    Examples:
      livedo completion bash >> ~/.bashrc
      livedo completion zsh >> ~/.zshrc
      livedo completion fish > ~/.config/fish/completions/livedo.fish

    Exit codes: 0 done; 2 wrong use.
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"No completion is known for {shell}.", ctx)
    program = found(ctx.find_root().command, {}, "livedo", "_LIVEDO_COMPLETE")
    # The base class asks the installed bash for its version before printing; the script
    # itself is the same everywhere, so that asking would only add a way to fail.
    click.echo(program.source_template % program.source_vars())
