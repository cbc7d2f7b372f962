"""Case files: one published or hand-written case each, as plain YAML, judged at one fixed moment.

Findings hold on that day; a skin change began `duration_weeks` before; conditions
and drugs began at some time before; nothing is observed beyond what is stated.
Each leaf of the file is one item: it yields a row, or is set aside with a reason.
A file names its findings and its body sites once for the whole of the skin
disease, so each finding is taken to hold at each site.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import yaml

from livedo.instants import YEAR_DAYS
from livedo.record.tables import Fact, SetAside
from livedo.sources.faults import NOT_UTF8, TOO_DEEP, WRONG_SHAPE
from livedo.sources.fhir_types import Quantity
from livedo.sources.fhir_values import UNREADABLE, Value
from livedo.sources.intake import Sink, stable_id
from livedo.sources.vignette_rows import UNKNOWN_WORD, CaseRows, Item, Rows, number_of

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import VignetteWord, Vocabulary

WITHHELD = "withheld"
UNKNOWN_FIELD = "unknown_field"
BROKEN_YAML = "broken_yaml"
UNREADABLE_FILE = "unreadable_file"

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_vignette(path: Path, sink: Sink, vocabulary: Vocabulary, label: str = "") -> None:
    """Reads one case file into the sink. A file that is no case is set aside as one item."""
    label = label or path.name
    text, content = _content(path)
    if isinstance(content, str):
        sink.took_in()
        sink.set_aside(SetAside(source=label, item=path.name, path="", reason=content))
        return
    case = CaseFile(content, path, label, vocabulary)
    sink.begin(stable_id("case", case.person_id), stable_id(text))
    sink.person(case.person())
    for place, outcome in case.items():
        sink.took_in()
        if isinstance(outcome, str):
            line = SetAside(source=label, item=case.person_id, path=place, reason=outcome)
            sink.set_aside(line)
        else:
            sink.used()
            _give(outcome, sink)


def _give(rows: Rows, sink: Sink) -> None:
    for row in rows:
        if isinstance(row, Fact):
            sink.fact(row)
        else:
            sink.note(row)


def _content(path: Path) -> tuple[str, dict[str, Any] | str]:
    """The text of a file and what it holds, or the reason why it is no case."""
    try:
        text = path.read_text("utf-8-sig")
        content = yaml.load(text, _Loader)
    except UnicodeDecodeError:
        return "", NOT_UTF8
    except OSError:
        return "", UNREADABLE_FILE
    except RecursionError:
        return "", TOO_DEEP
    except (yaml.YAMLError, ValueError):
        return "", BROKEN_YAML
    is_case = isinstance(content, dict) and content and all(isinstance(k, str) for k in content)
    return text, cast(dict[str, Any], content) if is_case else WRONG_SHAPE


class CaseFile(CaseRows):
    """One case and its items, in the order of the fields."""

    def items(self) -> Iterator[Item]:
        """Every leaf of the file, once."""
        readers = {
            "patient": self._patient,
            "kidney": self._kidney,
            "conditions": self._conditions,
            "medications": self._medications,
            "labs": self._labs,
            "exposures": self._exposures,
            "skin": self._skin,
            "imaging": self._imaging,
            "timeline": self._timeline,
        }
        for field in self._content:
            if field == "id":
                continue
            if field in self._reading.withheld:
                yield field, WITHHELD
            elif field in self._reading.notes:
                yield field, self._narrative(field)
            elif field in readers:
                yield from readers[field]()
            else:
                yield field, UNKNOWN_FIELD

    def _narrative(self, field: str) -> Rows | str:
        text = self._content[field]
        if not isinstance(text, str):
            return WRONG_SHAPE
        return self._note(field, "narrative", text, lang=self._reading.notes[field])

    def _patient(self) -> Iterator[Item]:
        yield from self._misshapen("patient", dict)
        for place, key, value in self._fields("patient"):
            if key == "age":
                yield place, () if number_of(value) is not None else UNREADABLE
            elif key == "sex":
                yield place, () if value in self._reading.sexes else UNREADABLE
            elif key == "bmi":
                yield place, self._bare_number(place, key, "body.bmi", value)
            else:
                yield place, UNKNOWN_FIELD

    def _kidney(self) -> Iterator[Item]:
        yield from self._misshapen("kidney", dict)
        for place, key, value in self._fields("kidney"):
            if key == "stage":
                yield place, self._stated("kidney_stage", place, value)
            elif key == "dialysis":
                yield place, self._dialysis(place, value)
            elif key == "vintage_months":
                yield place, self._vintage(value)
            elif key == "egfr":
                yield place, self._bare_number(place, key, "lab.egfr", value)
            else:
                yield place, UNKNOWN_FIELD

    def _dialysis(self, place: str, word: object) -> Rows | str:
        """A period of dialysis; how long it has lasted says when it began."""
        rows = self._stated("dialysis", place, word)
        months = number_of(self._mapping("kidney").get("vintage_months"))
        if isinstance(rows, str) or months is None:
            return rows
        earliest, latest = self._ago(months, YEAR_DAYS / 12)
        return tuple(
            msgspec.structs.replace(row, start_from=earliest, start_at=latest)
            if isinstance(row, Fact) and row.present == "yes"
            else row
            for row in rows
        )

    def _vintage(self, value: object) -> Rows | str:
        """Tells the start of the period of dialysis, and nothing without one."""
        period = self._word("dialysis", self._mapping("kidney").get("dialysis"))
        is_told = not isinstance(period, str) and number_of(value) is not None
        return () if is_told else UNREADABLE

    def _conditions(self) -> Iterator[Item]:
        yield from self._misshapen("conditions", list)
        for place, word in self._listed("conditions"):
            yield place, self._stated("conditions", place, word)

    def _exposures(self) -> Iterator[Item]:
        yield from self._misshapen("exposures", list)
        for place, word in self._listed("exposures"):
            yield place, self._stated("exposures", place, word)

    def _medications(self) -> Iterator[Item]:
        yield from self._misshapen("medications", list)
        for place, entry in self._listed("medications"):
            yield place, self._medication(place, entry)

    def _medication(self, place: str, entry: object) -> Rows | str:
        """A drug taken now, or one stopped at an unknown time."""
        if not isinstance(entry, dict):
            return WRONG_SHAPE
        meaning = self._word("medications", entry.get("name"))
        if isinstance(meaning, str) or meaning.concept is None:
            return meaning if isinstance(meaning, str) else UNKNOWN_WORD
        status = entry.get("status", "active")
        row = self._lasting(place, meaning.concept, meaning.present, status=str(status))
        if status == "stopped":
            # Taken from some time to some later time, both before this moment.
            row = msgspec.structs.replace(row, end_from=self._before, end_at=self.moment)
        return (row,) if status in ("active", "stopped") else UNREADABLE

    def _labs(self) -> Iterator[Item]:
        yield from self._misshapen("labs", list)
        for place, entry in self._listed("labs"):
            yield place, self._lab(place, entry)

    def _lab(self, place: str, entry: object) -> Rows | str:
        if not isinstance(entry, dict):
            return WRONG_SHAPE
        meaning = self._word("labs", entry.get("name"))
        if isinstance(meaning, str) or meaning.concept is None:
            return meaning if isinstance(meaning, str) else UNKNOWN_WORD
        value = self._result(meaning.concept, entry.get("value"), entry.get("unit"))
        if isinstance(value, Value) and isinstance(entry.get("note"), str):
            noted = f"{value.original} ({entry['note']})"
            value = msgspec.structs.replace(value, original=noted)
        return self._valued(place, meaning.concept, value)

    def _result(self, concept: str, value: object, unit: object) -> Value | str:
        """A number in its unit of measure, a titre, or a word."""
        number = number_of(value)
        written = unit if isinstance(unit, str) else None
        if number is not None:
            return self._values.quantity(Quantity(value=number, unit=written), concept)
        if not isinstance(value, str):
            return UNREADABLE
        word = self._word("lab_values", value)
        if isinstance(word, str):
            return self._values.text(value, concept)
        return Value(interpretation=word.interpretation, original=value)

    def _imaging(self) -> Iterator[Item]:
        yield from self._misshapen("imaging", dict)
        is_withheld = self._is_imaging_withheld()
        for place, key, value in self._fields("imaging"):
            yield place, WITHHELD if is_withheld else self._image(place, key, value)

    def _is_imaging_withheld(self) -> bool:
        """Imaging of the vessels of an access shows at once what the hand suffers from."""
        tags = [tag for _, tag in self._listed("tags") if isinstance(tag, str)]
        words = {word for tag in tags for word in tag.split("-")}
        is_tagged = not words.isdisjoint(self._reading.imaging_withheld_for)
        withheld_with = self._reading.imaging_withheld_with
        return is_tagged or not self._mapping("imaging").keys().isdisjoint(withheld_with)

    def _image(self, place: str, key: str, value: object) -> Rows | str:
        """Seen or not seen; other words about an examination are kept as a note."""
        if isinstance(value, str):
            return self._note(place, "imaging", f"{key.replace('_', ' ')}: {value}")
        meaning = self._word("imaging", key)
        if isinstance(meaning, str) or meaning.concept is None:
            return meaning if isinstance(meaning, str) else UNKNOWN_WORD
        if isinstance(value, bool):
            return (self._fact(place, meaning.concept, present="yes" if value else "no"),)
        number = number_of(value)
        if number is None:
            return UNREADABLE
        present = "yes" if number > 0 else "no"
        return (self._fact(place, meaning.concept, present=present, original=f"{value} %"),)

    def _timeline(self) -> Iterator[Item]:
        yield from self._misshapen("timeline", list)
        for place, entry in self._listed("timeline"):
            told = entry if isinstance(entry, dict) else {}
            event, weeks = told.get("event"), number_of(told.get("when_weeks_before_diagnosis"))
            if isinstance(event, str) and weeks is not None:
                yield place, self._note(place, "timeline", event, weeks)
            else:
                yield place, WRONG_SHAPE

    # --- skin

    def _skin(self) -> Iterator[Item]:
        yield from self._misshapen("skin", dict)
        for place, key, value in self._fields("skin"):
            if key in ("findings", "sites"):
                yield from self._skin_words(place, key, value)
            elif key == "pain":
                yield place, self._at_each_site(place, self._word("pain", value))
            elif key == "duration_weeks":
                yield place, self._skin_began(place, value)
            elif key == "symmetric":
                yield place, self._symmetric(place, value)
            else:
                yield place, UNKNOWN_FIELD

    def _sites(self) -> list[str | None]:
        """The body sites we know; None stands for a lesion without one."""
        found = self._mapping("skin").get("sites")
        words = [self._word("sites", word) for word in found] if isinstance(found, list) else []
        known = [word.body_site for word in words if not isinstance(word, str)]
        return list(dict.fromkeys(known)) or [None]

    def _skin_words(self, place: str, key: str, words: object) -> Iterator[Item]:
        if not isinstance(words, Sequence) or isinstance(words, str):
            yield place, WRONG_SHAPE
            return
        for index, word in enumerate(words):
            here = f"{place}[{index}]"
            meaning = self._word(key, word)
            if isinstance(meaning, str):
                yield here, meaning
            elif key == "findings":
                yield here, self._at_each_site(here, meaning)
            else:
                yield here, (self._lesion(here, meaning.body_site),)

    def _at_each_site(self, place: str, meaning: VignetteWord | str) -> Rows | str:
        if isinstance(meaning, str) or meaning.concept is None:
            return meaning if isinstance(meaning, str) else UNKNOWN_WORD
        told = {"present": meaning.present, "interpretation": meaning.interpretation}
        return tuple(
            self._fact(place, meaning.concept, **(told | self._where(site)))
            for site in self._sites()
        )

    def _lesion(self, place: str, site: str | None, **more: Any) -> Fact:
        return self._fact(place, self._reading.lesion, **(self._where(site) | more))

    def _where(self, site: str | None) -> dict[str, str | None]:
        return {"body_site": site, "lesion_id": f"{self.person_id}/{site or 'skin'}"}

    def _skin_began(self, place: str, value: object) -> Rows | str:
        """That there was a skin change so many weeks before; its look then is not told."""
        weeks = number_of(value)
        if weeks is None or weeks < 0:
            return UNREADABLE
        earliest, latest = self._ago(weeks, 7)
        span = {"start_from": earliest, "start_at": latest, "end_from": latest, "end_at": latest}
        seen = tuple(self._lesion(place, site, **span) for site in self._sites())
        told = Quantity(value=weeks, unit=self._reading.units["duration_weeks"])
        age = self._values.quantity(told, self._reading.lesion_age)
        rows = self._valued(f"{place}.age", self._reading.lesion_age, age)
        return seen if isinstance(rows, str) else (*seen, *rows)

    def _symmetric(self, place: str, value: object) -> Rows | str:
        meaning = self._word("symmetric", value)
        if isinstance(meaning, str) or meaning.concept is None:
            return meaning if isinstance(meaning, str) else UNKNOWN_WORD
        return (self._fact(place, meaning.concept, present=meaning.present),)
