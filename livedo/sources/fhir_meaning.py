"""What codes and words inside a FHIR resource mean, as `knowledge/fhir.yaml` says."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from livedo import knowledge
from livedo.record.tables import Present

_FILE = Path(knowledge.__file__ or "").parent / "fhir.yaml"


class Systems(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Our own identifier and code systems."""

    concept: str
    lesion: str
    body_site: str
    route: str
    word: str


class StatusMeaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the statuses of one resource type mean."""

    set_aside: Mapping[str, str] = {}
    ongoing: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    refuted: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an answer in a word says: that the thing is there, and how it is graded."""

    interpretation: str | None = None
    present: Present | None = None


class FhirMeaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `knowledge/fhir.yaml`."""

    systems: Systems
    test_data: str
    speaks_of: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...]
    complete_drug_systems: Mapping[str, int]
    observation: StatusMeaning
    condition: StatusMeaning
    procedure: StatusMeaning
    report: StatusMeaning
    imaging: StatusMeaning
    request: StatusMeaning
    statement: StatusMeaning
    administration: StatusMeaning
    interpretations: Mapping[str, str]
    answer_codes: Mapping[str, Mapping[str, Word]]
    answer_words: Mapping[str, Word]
    times_per_day: Mapping[str, float]
    period_days: Mapping[str, float]
    sides: Mapping[str, Literal["left", "right", "both"]]
    side_codes: Mapping[str, Mapping[str, Literal["left", "right", "both"]]]
    empty_words: tuple[str, ...]
    sexes: Mapping[str, Literal["female", "male", "other", "unknown"]]

    def word(self, text: str) -> Word | None:
        """The meaning of an answer in words, if it is one we know."""
        return self.answer_words.get(" ".join(text.casefold().split()))

    def says_nothing(self, text: str | None) -> bool:
        """Whether a text names nothing."""
        return text is None or text.strip().casefold() in self.empty_words


@functools.cache
def fhir_meaning() -> FhirMeaning:
    """The meaning of FHIR's own codes and words."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text("utf-8")), FhirMeaning)
