"""The token of a metrics collector: from the environment or a file of its own, never a setting."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from livedo.errors import SettingInvalid

VARIABLE = "LIVEDO_METRICS_TOKEN"
FILE_VARIABLE = "LIVEDO_METRICS_TOKEN_FILE"
SHORTEST = 20


def metrics_token(environment: Mapping[str, str] | None = None) -> str | None:
    """The token, or None where no collector is let in.

    Raises:
        SettingInvalid: the file cannot be read, or the token is short enough to be guessed.
    """
    environment = os.environ if environment is None else environment
    where, token = VARIABLE, environment.get(VARIABLE)
    if named := environment.get(FILE_VARIABLE):
        where = FILE_VARIABLE
        try:
            token = Path(named).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise refused(
                "The file with the token of the collector cannot be read", where
            ) from error
    if token is not None and len(token) < SHORTEST:
        raise refused(f"The token of the collector has fewer than {SHORTEST} characters", where)
    return token


def refused(what: str, where: str) -> SettingInvalid:
    """The error for a token that cannot be used."""
    return SettingInvalid(
        what,
        where=where,
        still_works="the service without that variable",
        next_step="python -c 'import secrets; print(secrets.token_urlsafe(32))' makes a good one",
    )
