"""Diagnoses with what speaks for and against each: `knowledge/differential/*.yaml` as types.

Every finding is a rule of its own. Grades are words with a source, or marked as reasoned;
no number is stored here and none may be derived from it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Literal

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file, read_folder
from livedo.knowledge.schema import Text

Grade = Literal["weak", "moderate", "strong", "decisive"]
GRADES: tuple[Grade, ...] = ("decisive", "strong", "moderate", "weak")
"""The weightiest first."""


class Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something read in the literature, or reasoned and marked so."""

    because: tuple[str, ...] = ()
    """Claims."""
    source: tuple[str, ...] = ()
    """Keys of `differential_sources.yaml`."""
    reasoned: bool = False


class Weight(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding, how much it weighs for or against a diagnosis, and why."""

    finding: str
    grade: Grade
    regraded_from: Grade | None = None
    """The grade in the evidence read, where the grading rule asks for another one."""
    en: str
    da: str


class Test(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would settle a diagnosis, and where that fails."""

    test: Text
    settles: Text | None = None
    limit: Text | None = None


class Frequency(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a dialysis unit meets it, as a word."""

    word: Literal["everyday", "common", "occasional", "rare"]
    en: str = ""
    da: str = ""


class Microscopy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a biopsy is needed, helps, is not needed or misleads."""

    role: Literal["needed", "helps", "not-needed", "misleading"]
    en: str
    da: str


class HowFast(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How fast a person must look. It tells a class, and orders nothing."""

    class_: str = msgspec.field(name="class")
    is_urgent: bool
    en: str
    da: str


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One diagnosis. A form of calciphylaxis `reports_as` calciphylaxis."""

    id: str
    name: Text
    stage: Literal["non-ulcerated", "ulcerated", "both"]
    typical: Text
    in_a_dialysis_unit: Frequency
    histology: Microscopy
    how_fast: HowFast
    for_: tuple[Weight, ...] = msgspec.field(name="for")
    against: tuple[Weight, ...]
    settled_by: tuple[Test, ...]
    reports_as: str | None = None
    picture: str | None = None
    """The rule that says whether the skin, or the exposure the name rests on, is there at all."""
    confused_with: tuple[str, ...] = ()


class Separation(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that tells two diagnoses apart."""

    grade: Grade
    en: str
    da: str


class Pair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How calciphylaxis is told from a look-alike, and the trap."""

    with_: tuple[str, ...] = msgspec.field(name="with")
    separates: tuple[Separation, ...]
    trap: Text
    without_histology: Text


class Inseparable(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two diagnoses that cannot be told apart without microscopy."""

    pair: tuple[str, str]
    en: str
    da: str


class NeverAgainst(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What never counts against calciphylaxis."""

    en: str
    da: str


class Pairs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `differential_pairs.yaml`."""

    pairs: tuple[Pair, ...]
    cannot_be_told_apart_without_histology: tuple[Inseparable, ...]
    never_against_calciphylaxis: tuple[NeverAgainst, ...]


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A publication behind a finding, and how much of it was seen."""

    title: str
    year: int | None
    kind: str
    read: str
    url: str


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `differential_order.yaml`."""

    bedside: tuple[str, ...]
    test: tuple[str, ...]
    test_concepts: tuple[str, ...]
    background_kinds: tuple[str, ...]
    frequency: tuple[str, ...]
    unknown_grades: tuple[Grade, ...]
    unknown_shown: int
    shown: int
    pairs_shown: int


@functools.cache
def load_order() -> Order:
    """How evidence is put in order."""
    return read_file(KNOWLEDGE_FOLDER / "differential_order.yaml", Order)


@functools.cache
def load_diagnoses() -> tuple[Diagnosis, ...]:
    """Every diagnosis, in the order of the files."""
    return tuple(read_folder("differential", Diagnosis))


@functools.cache
def load_pairs() -> Pairs:
    """How the look-alikes are told apart."""
    return read_file(KNOWLEDGE_FOLDER / "differential_pairs.yaml", Pairs)


@functools.cache
def load_readings() -> dict[str, Reading]:
    """The publications, by key."""
    return read_file(KNOWLEDGE_FOLDER / "differential_sources.yaml", dict[str, Reading])


def findings() -> Iterator[str]:
    """Every rule that a diagnosis rests on."""
    for diagnosis in load_diagnoses():
        if diagnosis.picture is not None:
            yield diagnosis.picture
        for weight in (*diagnosis.for_, *diagnosis.against):
            yield weight.finding
