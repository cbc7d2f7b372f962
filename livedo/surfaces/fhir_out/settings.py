"""What results as FHIR are written with: `knowledge/fhir_out.yaml` as types."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal

import msgspec

from livedo.knowledge.files import read_file
from livedo.knowledge.load import SHIPPED


class Systems(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Our own code systems and identifier systems."""

    assessment: str
    method: str
    concept: str
    rule: str
    state: str
    group: str
    fact: str
    observed: str
    person: str
    knowledge: str
    set_aside: str
    body_site: str


class Severity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How grave a danger is said to be."""

    usual: Literal["moderate", "low"]
    high: tuple[str, ...]

    def of(self, rule: str) -> str:
        """The word of detectedissue-severity for a danger rule."""
        return "high" if rule in self.high else self.usual


class Proposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is proposed, and which systems' codes go along."""

    workup: tuple[str, ...]
    palpation: tuple[str, ...]
    palpation_concept: str
    code_systems: tuple[str, ...]


class Issue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a reason of the ledger is told as an issue."""

    usual: str
    of: Mapping[str, str]
    rightly: tuple[str, ...]
    named_most: int

    def code(self, reason: str) -> str:
        """The word of issue-type."""
        return self.of.get(reason, self.usual)

    def severity(self, reason: str) -> str:
        """The word of issue-severity."""
        return "information" if reason in self.rightly else "warning"


class FhirOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    systems: Systems
    source_types: tuple[str, ...]
    severity: Severity
    proposed: Proposed
    issue: Issue


@functools.cache
def fhir_out() -> FhirOut:
    """The shipped file, read once a process."""
    return read_file(SHIPPED / "fhir_out.yaml", FhirOut)
