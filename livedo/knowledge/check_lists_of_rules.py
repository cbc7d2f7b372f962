"""Checks of the lists beside the rules: options, safety, work-up, look-alikes and so on.

Each of these files names rules, concepts, claims and other things by their ids, below field
names that are the same everywhere. A file is walked, whatever its shape, and every id below
a field named here must exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from livedo.knowledge.check_references import Known
from livedo.knowledge.mistakes import Document, Report

Path = tuple[str | int, ...]

FILES = (
    "biopsy_decision.yaml",
    "calcium_load.yaml",
    "definitions.yaml",
    "differential/",
    "differential_order.yaml",
    "differential_pairs.yaml",
    "histopathology.yaml",
    "mechanism.yaml",
    "monitoring.yaml",
    "options/",
    "orders.yaml",
    "patient_page.yaml",
    "referral.yaml",
    "registry/counting.yaml",
    "registry/published.yaml",
    "safety.yaml",
    "skin_round.yaml",
    "workup.yaml",
    "wound_states.yaml",
)
"""What is walked: files, and folders with their slash."""

SOURCES = "differential_sources.yaml"
DIAGNOSES = "differential/"

_RULE, _CONCEPT, _CLAIM, _THRESHOLD, _SOURCE, _DIAGNOSIS, _ROUTE, _BOX = (
    "rule",
    "concept",
    "claim",
    "threshold",
    "reading",
    "diagnosis",
    "route",
    "box",
)

_EVERYWHERE: Mapping[str, str] = {
    "about": _RULE,
    "absent_when": _RULE,
    "adequate": _RULE,
    "applies_to": _CONCEPT,
    "because": _CLAIM,
    "concept": _CONCEPT,
    "concepts": _CONCEPT,
    "considered_when": _RULE,
    "contraindicated_when": _RULE,
    "drugs": _CONCEPT,
    "finding": _RULE,
    "in_use_when": _RULE,
    "measure": _CONCEPT,
    "offered_when": _RULE,
    "opens_when": _RULE,
    "opens_when_unknown": _RULE,
    "picture": _RULE,
    "reports_as": _DIAGNOSIS,
    "routes": _ROUTE,
    "rule": _RULE,
    "rules": _RULE,
    "shown_unless_no": _RULE,
    "shown_when": _RULE,
    "source": _SOURCE,
    "threshold_from": _THRESHOLD,
    "unless": _RULE,
    "when": _RULE,
    "why_rules": _RULE,
}

_IN_FILE: Mapping[str, Mapping[str, str]] = {
    "calcium_load.yaml": {
        "any_source": _RULE,
        "evidence": _CLAIM,
        "expected_when": _RULE,
        "oral_routes": _ROUTE,
    },
    "definitions.yaml": {"excluded": _RULE, "parts": _RULE},
    "differential_order.yaml": {"test_concepts": _CONCEPT},
    "differential_pairs.yaml": {"pair": _DIAGNOSIS, "with": _DIAGNOSIS},
    "histopathology.yaml": {"nodule_link": _RULE, "recorded": _CONCEPT},
    "mechanism.yaml": {
        "box": _BOX,
        "dangers": _RULE,
        "found": _CONCEPT,
        "from": _BOX,
        "into": _BOX,
        "lit_by": _RULE,
        "to": _BOX,
    },
    "monitoring.yaml": {
        "closed_by": _CONCEPT,
        "factors": _RULE,
        "full": _RULE,
        "trends": _RULE,
    },
    "orders.yaml": {
        "asks_first": _RULE,
        "by_route": _CONCEPT,
        "missing_of": _RULE,
        "people": _RULE,
        "shows": _RULE,
        "sites_of": _RULE,
        "unknown_when": _RULE,
    },
    "patient_page.yaml": {
        "above": _RULE,
        "acted_on_by": _CONCEPT,
        "any": _CONCEPT,
        "below": _RULE,
        "claims": _CLAIM,
        "done": _CONCEPT,
        "felt": _CONCEPT,
        "felt_extent": _CONCEPT,
        "headline": _CONCEPT,
        "joined": _CONCEPT,
        "names_its_site": _CONCEPT,
        "net": _CONCEPT,
        "obvious": _RULE,
        "pain": _CONCEPT,
        "paired_by": _RULE,
        "recorded": _CONCEPT,
        "seen": _CONCEPT,
        "seen_extent": _CONCEPT,
        "unknown": _RULE,
    },
    "registry/published.yaml": {"claim": _CLAIM},
    "referral.yaml": {
        "biopsy": _CONCEPT,
        "course": _RULE,
        "done": _CONCEPT,
        "known": _RULE,
        "offered": _RULE,
        "risks": _RULE,
    },
    "skin_round.yaml": {
        "denied": _CONCEPT,
        "done": _CONCEPT,
        "felt_wider": _CONCEPT,
        "found": _CONCEPT,
        "lesion": _CONCEPT,
    },
    "workup.yaml": {"hidden_when": _RULE},
}
"""Fields that mean something else, or nothing, in another file."""

_KEYS = {"calcium_load.yaml": ("salts", _CONCEPT)}
"""A mapping whose keys are ids."""

_RULE_IS_ID = {"workup.yaml": ("items", "workup/")}
"""A list whose entries have a rule of the same name below this kind."""


class Named(NamedTuple):
    """An id in a file: where it stands, below which field, and of what it is."""

    path: Path
    field: str
    what: str
    id: str


def check_lists_of_rules(documents: Mapping[str, Document], known: Known, report: Report) -> None:
    """Every id in every list beside the rules."""
    exist = _existing(documents, known)
    for name, document in documents.items():
        for one in ids_named(name, document.plain):
            names = _boxes(document) if one.what == _BOX else exist[one.what]
            if one.id not in names:
                meant = (one.id, names)
                report.add(document, one.path, f"unknown_{one.what}", meant=meant, name=one.id)


def ids_named(name: str, plain: Any) -> Iterator[Named]:
    """Every id in one file that the check knows to be one, in the order of the file.

    Below `recorded` a whole domain may stand for its concepts.
    """
    if not name.startswith(FILES):
        return
    fields = {**_EVERYWHERE, **_IN_FILE.get(name, {})}
    in_keys, of_keys = _KEYS.get(name, ("", ""))
    in_list, kind = _RULE_IS_ID.get(name, ("", ""))
    for path, field, value in _strings(plain, (), ""):
        if field in fields and not (field == "recorded" and "." not in value):
            yield Named(path, field, fields[field], value)
        elif in_list and field == "id" and _stands_in(path, in_list):
            yield Named(path, field, _RULE, kind + value)
    keys = plain.get(in_keys) if isinstance(plain, dict) and in_keys else None
    for key in keys if isinstance(keys, dict) else ():
        yield Named((in_keys, key), in_keys, of_keys, str(key))


def _strings(value: Any, path: Path, field: str) -> Iterator[tuple[Path, str, str]]:
    """Every text with its path and the field that holds it, alone or in a list."""
    if isinstance(value, str):
        yield path, field, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key), str(key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _strings(inner, (*path, i), field)


def _stands_in(path: Path, field: str) -> bool:
    """Whether the entry is one of the list of this name: list, place, key."""
    return len(path) > 2 and path[-3] == field


def _existing(documents: Mapping[str, Document], known: Known) -> dict[str, Collection[str]]:
    sources = documents[SOURCES].plain if SOURCES in documents else None
    diagnoses = [
        name.removeprefix(DIAGNOSES).removesuffix(".yaml")
        for name in documents
        if name.startswith(DIAGNOSES)
    ]
    return {
        _RULE: known.rules,
        _CONCEPT: known.concepts,
        _CLAIM: known.claims,
        _THRESHOLD: known.thresholds,
        _SOURCE: sources if isinstance(sources, dict) else (),
        _DIAGNOSIS: diagnoses,
        _ROUTE: known.routes,
    }


def _boxes(document: Document) -> Collection[str]:
    """The boxes that a drawing names in itself."""
    plain = document.plain if isinstance(document.plain, dict) else {}
    entries = [*(plain.get("chain") or ()), *(plain.get("drivers") or ())]
    return [str(one["id"]) for one in entries if isinstance(one, dict) and "id" in one]
