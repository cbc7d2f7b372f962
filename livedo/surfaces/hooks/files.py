"""What is asked of a record system and how cards are shown: `knowledge/hooks.yaml` as types."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal

import msgspec

from livedo.act.order_files import Indicator
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED

Hook = Literal["patient-view", "order-select", "order-sign"]


class ServiceOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One service: its id in the address, and its hook."""

    id: str
    hook: Hook


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One prefetch query: a resource type, and the domains its answer speaks of."""

    key: str
    resource: str
    domains: tuple[str, ...] = ()
    by_code: tuple[str, ...] = ()


class Shown(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a list a card shows."""

    reasons: int
    unknown: int
    steps: int
    claims: int


class Reported(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a rule that is often dismissed is reported."""

    share_above: float
    showings: int


class HookFiles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    services: tuple[ServiceOf, ...]
    prefetch: tuple[Query, ...]
    not_asked: Mapping[str, str]
    needed: tuple[tuple[str, ...], ...]
    groups: Mapping[str, Indicator]
    steps_left_out: tuple[str, ...]
    overrides: tuple[str, ...]
    shown: Shown
    reported: Reported


@functools.cache
def load_hooks() -> HookFiles:
    """The shipped file, read once a process."""
    return read_file(SHIPPED / "hooks.yaml", HookFiles)
