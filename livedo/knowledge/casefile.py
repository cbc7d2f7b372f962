"""The shape of a case file: invented patients, told as a clinician would tell them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.positions import read_yaml

Expected = Literal["yes", "no", "unknown"]


class PersonGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person of a case. `died: unknown` means dead, date unknown."""

    sex: Literal["female", "male", "other", "unknown"] = "unknown"
    born: str | None = None
    died: str | None = None


class FactGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dated fact of a case, in the words and units of a clinician."""

    concept: str
    present: Literal["yes", "no", "unknown"] = "yes"
    value: str | None = None
    interpretation: str | None = None
    reference: tuple[str | None, str | None] | None = None
    on: str | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    until: str | None = None
    known: str | None = None
    status: str | None = None
    body_site: str | None = None
    side: Literal["left", "right", "both"] | None = None
    route: str | None = None
    dose: str | None = None
    lesion: str | None = None


class ObservedGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span for which the sources of a case speak about a domain."""

    domain: str
    from_: str = msgspec.field(name="from")
    to: str | None = None
    history: bool = False


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One invented patient at one moment, and the answer expected of the rule."""

    name: str
    as_of: str
    expect: Expected
    person: PersonGiven = PersonGiven()
    facts: tuple[FactGiven, ...] = ()
    observed: tuple[ObservedGiven | str, ...] = ()
    expect_missing: tuple[str, ...] = ()
    expect_value: str | None = None


class CaseFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cases of one rule. `no_unknown` says why none can be undecided."""

    rule: str
    cases: tuple[Case, ...]
    no_unknown: str | None = None


class CaseMalformed(KnowledgeInvalid):
    """A case file that does not have the shape of one; `path` leads to the part."""

    def __init__(self, message: str, path: tuple[str | int, ...]) -> None:
        super().__init__(message, where="/".join(map(str, path)))
        self.path = path


def parse_case_file(plain: Any) -> CaseFile:
    """The cases of a file; what its `given` says is added to each."""
    if not isinstance(plain, dict) or not isinstance(plain.get("cases"), list):
        raise CaseMalformed("a case file names its `rule` and lists `cases`", ())
    given = plain.get("given") or {}
    cases = tuple(
        parse_case(with_given(case, given), ("cases", i)) for i, case in enumerate(plain["cases"])
    )
    head = {key: value for key, value in plain.items() if key not in {"given", "cases"}}
    file: CaseFile = _as({**head, "cases": ()}, CaseFile, ())
    return msgspec.structs.replace(file, cases=cases)


def parse_case(plain: Any, path: tuple[str | int, ...] = ()) -> Case:
    """One case from plain values."""
    case: Case = _as(_numbers_as_text(plain), Case, path)
    for i, fact in enumerate(case.facts):
        if (fact.on is None) == (fact.from_ is None):
            raise CaseMalformed("a fact says either `on` or `from`", (*path, "facts", i))
        if fact.on is not None and fact.until is not None:
            raise CaseMalformed("`until` goes with `from`, not with `on`", (*path, "facts", i))
    return case


def _as(plain: Any, kind: Any, path: tuple[str | int, ...]) -> Any:
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise CaseMalformed(str(error), path) from None


def with_given(case: Any, given: Mapping[str, Any]) -> Any:
    """A case's own moment and person replace the given ones; facts and spans are added to them."""
    if not isinstance(case, dict):
        return case
    joined = {**given, **case}
    for key in ("facts", "observed"):
        if key in given or key in case:
            joined[key] = [*(given.get(key) or ()), *(case.get(key) or ())]
    return joined


def _numbers_as_text(plain: Any) -> Any:
    """Years and scores may be written bare."""
    if isinstance(plain, dict):
        return {key: _numbers_as_text(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_numbers_as_text(value) for value in plain]
    is_number = isinstance(plain, int | float) and not isinstance(plain, bool)
    return str(plain) if is_number else plain


def read_case_file(path: Path) -> CaseFile:
    """The cases of one file."""
    return parse_case_file(read_yaml(path.read_text(encoding="utf-8")))
