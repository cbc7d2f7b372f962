"""What the page of one patient shows and in which order: `knowledge/patient_page.yaml` as types."""

from __future__ import annotations

import functools

import msgspec

from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED


class LabRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the laboratory table; the named rules give the target."""

    concept: str
    above: str | None = None
    below: str | None = None
    when_present: bool = False
    """Left out when there is no result at all."""
    paired_by: str | None = None
    """A rule about the product of two analytes: its pairs are shown as this row."""
    acted_on_by: tuple[str, ...] = ()
    """Drugs drawn below the figure, because they act on the value."""


class SkinPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How findings of the skin are sorted."""

    felt: tuple[str, ...]
    seen: tuple[str, ...]
    any: str
    seen_extent: str
    felt_extent: str
    net: str
    """Drawn as a net, not as a disc."""
    pain: tuple[str, ...]
    worse_prognosis_class: str


class PalpationPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the palpation round rests on."""

    done: str
    body_site_class: str
    joined: tuple[str, ...]
    protected_by_step: str
    rounds: int
    claims: tuple[str, ...]


class CertaintyLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One word for certainty and the rule that gives it."""

    id: str
    rule: str
    is_suspicion: bool = False


class Remark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something said the first time that one of these is recorded while a rule is undecided."""

    recorded: tuple[str, ...]
    unknown: str
    text: str
    claims: tuple[str, ...] = ()


class ReplayPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the history of one patient tells."""

    shown: tuple[str, ...]
    remarks: tuple[Remark, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    headline: tuple[tuple[str, ...], ...]
    labs: tuple[LabRow, ...]
    skin: SkinPart
    palpation: PalpationPart
    certainty: tuple[CertaintyLevel, ...]
    urgency: tuple[str, ...]
    silent_after_days: int
    obvious: tuple[str, ...]
    unknown_order: tuple[str, ...]
    silence_told: tuple[str, ...]
    replay: ReplayPart
    names_its_site: tuple[str, ...]


@functools.cache
def load_page() -> Page:
    """The shipped page, read once a process."""
    return read_file(SHIPPED / "patient_page.yaml", Page)
