"""What counts when the registry counts people, time on dialysis and cases."""

from __future__ import annotations

import functools
from itertools import pairwise

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Concepts under which a fact counts; what stands below them in the vocabulary counts too."""

    concepts: tuple[str, ...]
    recorded_domains: tuple[str, ...] = ()
    """Domains of which any fact counts."""


class Modality(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of dialysis."""

    id: str
    label: Text
    concepts: tuple[str, ...]


class Bands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bands of age of one width; the last is open upwards. In years."""

    width: int
    last: int


class AskedRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of which a yes is meant."""

    rule: str


class RegisterLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One level of the register's own definition; one of the tiers or verdicts reaches it."""

    id: str
    label: Text
    tiers: tuple[str, ...]
    verdicts: tuple[str, ...] = ()


class RegisterDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The definition "somebody entered it"; levels surest first."""

    id: str
    label: Text
    levels: tuple[RegisterLevel, ...]


class Counting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `knowledge/registry/counting.yaml`."""

    version: int
    modalities: tuple[Modality, ...]
    bridge_days: int
    observed_domain: str
    transplant: Named
    moved: Named
    washout_days: int
    after_dialysis_days: int
    age_groups: tuple[int, ...]
    age_bands: Bands
    defining_domains: tuple[str, ...]
    defining_if_found: tuple[str, ...]
    alert_states: tuple[str, ...]
    first_sign: Named
    sign_before_days: int
    ulcer: Named
    lesion: Named
    site_classes: tuple[str, ...]
    because: tuple[str, ...]
    worked_up: Named
    worked_up_tests: tuple[str, ...]
    suspected_by: AskedRule
    register: RegisterDefinition

    def age_group_names(self) -> tuple[str, ...]:
        """`0-44`, `45-64` ... `75+`, as they are shown."""
        return _names(self.age_groups)

    def band_starts(self) -> tuple[int, ...]:
        """The first year of each band of age."""
        return tuple(range(0, self.age_bands.last + 1, self.age_bands.width))

    def band_names(self) -> tuple[str, ...]:
        """`0-4` ... `95+`."""
        return _names(self.band_starts())


def _names(starts: tuple[int, ...]) -> tuple[str, ...]:
    closed = (f"{a}-{b - 1}" for a, b in pairwise(starts))
    return (*closed, f"{starts[-1]}+")


@functools.cache
def load_counting() -> Counting:
    """The shipped conventions, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "counting.yaml", Counting)
