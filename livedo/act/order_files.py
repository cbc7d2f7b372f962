"""What is said about a draft prescription: `knowledge/orders.yaml` as types."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from livedo.act.option_files import Said
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED
from livedo.knowledge.schema import Text
from livedo.sources.fhir_drafts import Contrast

Indicator = Literal["critical", "warning", "info"]
INDICATORS: tuple[Indicator, ...] = ("critical", "warning", "info")
"""The more urgent first."""


class Why(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why this person, in two words, if a rule holds."""

    rule: str
    en: str
    da: str


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule and what is said where it holds, or where it is undecided and that matters."""

    rule: str
    indicator: Indicator
    says: Text
    unknown_when: tuple[str, ...] = ()
    unknown_indicator: Indicator = "info"
    unknown_says: Text | None = None
    missing_of: str | None = None


class Family(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules about one kind of drug: at most one of them speaks about a draft."""

    id: str
    title: Text
    told: tuple[Told, ...]
    asks_first: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    sites_of: str | None = None
    people: tuple[str, ...] = ()
    """Of the rules that say why this person, those that matter here; all if none is named."""
    by_route: tuple[str, ...] = ()
    """Drugs that concern the family only where the draft says how they are given."""
    todo: tuple[Said, ...] = ()
    overrides: tuple[str, ...] = ()


class Orders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    people: tuple[Why, ...]
    most_drafts: int
    over: tuple[str, ...]
    contrast: Contrast
    families: tuple[Family, ...]


@functools.cache
def load_orders() -> Orders:
    """The shipped file, read once a process."""
    return read_file(SHIPPED / "orders.yaml", Orders)
