"""How one installation answers CDS Hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from livedo.config import read_settings

if TYPE_CHECKING:
    from livedo.surfaces.options import Reader

LARGEST_CALL = 5_000_000
"""So many bytes hold some five thousand resources."""


class HookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the hooks of one installation.

    `is_same_source` says that the record system's Patient.id are the ids of the people of
    this installation's record. Only then does what was entered here count in a call, and
    only then does a card link to a page: a person is (source, id), and an id of another
    system may be somebody else's.
    """

    base_url: str = ""
    """Where the services are reached from outside, without a slash at the end."""
    lang: str = "en"
    units: str = "si"
    time_zone: str = "UTC"
    source_name: str = "fhir"
    is_same_source: bool = False
    origins: tuple[str, ...] = ()
    """Web addresses of record systems whose browsers may call directly (CORS)."""
    most_bytes: int = LARGEST_CALL


def hook_settings(reader: Reader, time_zone: str, *, is_same_source: bool = False) -> HookSettings:
    """The settings of `livedo.toml` and the environment; the demo is its own record system."""
    known = {name: value.value for name, value in read_settings().items()}
    return HookSettings(
        base_url=known["hooks_url"].rstrip("/"),
        lang=reader.lang,
        units=reader.units,
        time_zone=time_zone,
        is_same_source=is_same_source or known["hooks_patients"] == "record",
        origins=tuple(known["hooks_origins"].replace(",", " ").split()),
    )
