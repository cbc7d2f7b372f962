"""The options and safety checks that may stand in a plan: `knowledge/options` as types."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from livedo.act.parts import Act
from livedo.knowledge.files import read_file, read_folder
from livedo.knowledge.load import SHIPPED

Effect = Literal["withhold", "measure_first", "check_first", "caution", "nothing"]
"""What a check does, strongest first. `measure_first` withholds and asks for the measurement."""


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One text in both languages, with the claims behind it."""

    en: str
    da: str
    because: tuple[str, ...] = ()
    about: str | None = None
    """A rule whose answer is told after the text: recorded, not recorded, not known."""

    def text(self, lang: str) -> str:
        """The text in this language."""
        return self.da if lang == "da" else self.en


class WhyNot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an option that could be expected is not offered, by the answer of its rule."""

    no: Said | None = None
    unknown: Said | None = None


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One option: one file."""

    id: str
    part: str
    order: int
    act: Act
    concept: str
    title: Said
    grade: str
    offered_when: str
    why_rules: tuple[str, ...] = ()
    considered_when: str = "plan/manifest_disease"
    """Who could expect the option: only they are told why it is not offered."""
    in_use_when: str | None = None
    """A rule that says it is already in use: then it is reviewed rather than started."""
    then_and_now: tuple[Said, ...] = ()
    cautions: tuple[Said, ...] = ()
    check_first: tuple[Said, ...] = ()
    why_not: WhyNot = WhyNot()
    disagreement: Said | None = None
    routes: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


class Floor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What no plan may hold, whatever the rules answer."""

    id: str
    concept: str
    acts: tuple[Act, ...]
    routes: tuple[str, ...] = ()
    """Only options given by one of these routes; empty for any."""
    text: Said


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One contraindication. What cannot be answered counts as present."""

    id: str
    applies_to: tuple[str, ...]
    """Concepts; what stands below them in the vocabulary is meant too."""
    acts: tuple[Act, ...]
    contraindicated_when: str
    absent_when: str | None = None
    """A rule that shows the contraindication to be absent when the first stays unknown."""
    is_of_whole_body: bool = False
    """`absent_when` counts only if its facts name no body site."""
    on_yes: Effect
    on_unknown: Effect
    title: Said
    yes: Said
    unknown: Said
    measure: str | None = None
    measure_title: Said | None = None
    because: tuple[str, ...] = ()


class SafetyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`knowledge/safety.yaml`."""

    never: tuple[Floor, ...]
    checks: tuple[Check, ...]


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word of a closed list."""

    id: str
    en: str
    da: str


class OptionWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`knowledge/option_words.yaml`: the parts of a plan in their order, and the grades."""

    parts: tuple[Named, ...]
    grades: tuple[Named, ...]


@functools.cache
def load_options() -> tuple[Option, ...]:
    """Every option in the review's order."""
    parts = [part.id for part in load_option_words().parts]
    options = read_folder("options", Option, SHIPPED)
    return tuple(sorted(options, key=lambda one: (parts.index(one.part), one.order, one.id)))


@functools.cache
def load_safety() -> SafetyFile:
    """Every safety check."""
    return read_file(SHIPPED / "safety.yaml", SafetyFile)


@functools.cache
def load_option_words() -> OptionWords:
    """The closed lists."""
    return read_file(SHIPPED / "option_words.yaml", OptionWords)
