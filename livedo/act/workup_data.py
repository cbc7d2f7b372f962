"""What the work-up asks for and what a biopsy decision weighs: two knowledge files as types."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from livedo.act.parts import Done
from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED

_PREFIX = "workup/"


class NoteRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A remark beside an item, and when it is made."""

    text: str
    rule: str | None = None
    answers: Literal["yes", "no", "unknown"] = "yes"
    at: tuple[Done, ...] = ("done", "stale", "missing")
    newest: bool = False
    unreadable: bool = False


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to have done; its rule has the same name."""

    id: str
    when: str | None = None
    notes: tuple[NoteRule, ...] = ()

    @property
    def rule(self) -> str:
        """The rule that says whether it was done."""
        return _PREFIX + self.id


class Panel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Items that are shown together, and the rules that open them."""

    id: str
    opens_when: tuple[str, ...]
    opens_when_unknown: tuple[str, ...] = ()
    items: tuple[Item, ...]


class AlarmRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A delay; nothing is told where the rule `unless` says yes. Unknown is not yes."""

    id: str
    rule: str
    unless: str | None = None


class WorkupData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `workup.yaml`."""

    hidden_when: tuple[str, ...]
    panels: tuple[Panel, ...]
    alarms: tuple[AlarmRule, ...]


class Argument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One benefit or harm: of this patient where a rule is named, else of everybody."""

    id: str
    because: tuple[str, ...]
    rule: str | None = None


class Taken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules about a sample already taken."""

    rule: str
    adequate: str


class BiopsyData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `biopsy_decision.yaml`."""

    opens_when: tuple[str, ...]
    benefit: tuple[Argument, ...]
    harm: tuple[Argument, ...]
    if_done: tuple[str, ...]
    taken: Taken
    because: tuple[str, ...]


@functools.cache
def load_workup() -> WorkupData:
    """The shipped panels and alarms, read once a process."""
    return read_file(SHIPPED / "workup.yaml", WorkupData)


@functools.cache
def load_biopsy_decision() -> BiopsyData:
    """The shipped arguments, read once a process."""
    return read_file(SHIPPED / "biopsy_decision.yaml", BiopsyData)
