"""Checks of the texts for people: every text in every language, with the same places to fill."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from livedo.knowledge.load import Knowledge
from livedo.knowledge.mistakes import Document, Report
from livedo.knowledge.wording import LANGUAGES, Entry, flattened, placeholders, texts_of

Found = dict[str, tuple[Entry, Document, tuple[str, ...]]]
"""By key: the entry, its file, and the steps to it."""


def check_wording(documents: Mapping[str, Document], knowledge: Knowledge, report: Report) -> None:
    """All languages of the wording, side by side.

    Args:
        documents: the readable files of a knowledge folder, by their path.
        knowledge: knows the claims that texts may carry.
        report: where mistakes are noted.
    """
    languages = {language: _entries(documents, language, report) for language in LANGUAGES}
    if not any(languages.values()):
        return
    for found in languages.values():
        for key, (entry, document, path) in found.items():
            _check_entry(key, entry, document, path, report)
            _check_claims(entry, document, path, knowledge.claims, report)
    _check_pairs(languages, report)


def check_next_steps(
    documents: Mapping[str, Document], knowledge: Knowledge, report: Report
) -> None:
    """Who and when of each next step have words; its claims exist."""
    document = documents.get("next_steps.yaml")
    if document is None or not isinstance(document.plain, list):
        return
    words = knowledge.wording("en")
    for i, step in enumerate(document.plain):
        for field in ("who", "when"):
            key = f"next_steps.{field}.{step.get(field)}"
            if key not in words:
                report.add(
                    document, (i, field), "unknown_words", meant=(key, words.entries), key=key
                )
        for j, claim in enumerate(step.get("because") or ()):
            if claim not in knowledge.claims:
                meant = (claim, knowledge.claims)
                report.add(document, (i, "because", j), "unknown_claim", meant=meant, name=claim)


def check_lists(documents: Mapping[str, Document], report: Report) -> None:
    """Items of states, groups, next steps and kinds have ids of their own and both languages."""
    for name in ("states.yaml", "precedence.yaml", "next_steps.yaml", "kinds.yaml"):
        document = documents.get(name)
        if document is None or not isinstance(document.plain, list):
            continue
        seen = set()
        for i, item in enumerate(document.plain):
            if isinstance(item, dict):
                if item.get("id") in seen:
                    report.add(document, (i, "id"), "repeated_id", id=item.get("id"))
                seen.add(item.get("id"))
                _check_languages(document, (i,), item, report)


def _check_languages(
    document: Document, path: tuple[str | int, ...], item: Mapping[str, object], report: Report
) -> None:
    texts: list[tuple[tuple[str, ...], Mapping[str, object]]]
    texts = [((field,), value) for field, value in item.items() if isinstance(value, dict)]
    if "en" in item or "da" in item:
        texts.append(((), item))
    for steps, text in texts:
        for language in LANGUAGES:
            if not str(text.get(language) or "").strip():
                at = (*path, *steps)
                name = ".".join(steps) or str(item.get("id"))
                report.add(document, at, "text_missing", field=name, language=language)


def _entries(documents: Mapping[str, Document], language: str, report: Report) -> Found:
    found: Found = {}
    prefix = f"wording/{language}/"
    for name, document in documents.items():
        if not name.startswith(prefix):
            continue
        stem = Path(name).stem
        if not isinstance(document.plain, dict):
            report.add(document, (), "wrong_type", field=stem, expected="a mapping")
            continue
        for key, entry in flattened(document.plain, stem):
            found[key] = (entry, document, _steps(document, key.removeprefix(f"{stem}.")))
    return found


def _steps(document: Document, dotted: str) -> tuple[str, ...]:
    """The keys that lead to an entry; a key may itself hold dots."""
    steps: list[str] = []
    plain = document.plain
    while dotted and isinstance(plain, dict):
        key = max((k for k in map(str, plain) if _leads(k, dotted)), key=len, default=None)
        if key is None:
            break
        steps.append(key)
        plain = plain.get(key)
        dotted = dotted[len(key) + 1 :]
    return tuple(steps)


def _leads(key: str, dotted: str) -> bool:
    return dotted == key or dotted.startswith(f"{key}.")


def _check_entry(
    key: str, entry: Entry, document: Document, path: tuple[str, ...], report: Report
) -> None:
    try:
        placeholders(entry)
    except ValueError as error:
        report.add(document, path, "wording_broken", key=key, problem=error)


def _check_claims(
    entry: Entry,
    document: Document,
    path: tuple[str, ...],
    claims: Collection[str],
    report: Report,
) -> None:
    for claim in entry.get("because", ()) if isinstance(entry, dict) else ():
        if claim not in claims:
            at = (*path, "because")
            report.add(document, at, "unknown_claim", meant=(claim, claims), name=claim)


def _check_pairs(languages: Mapping[str, Found], report: Report) -> None:
    """Each text exists in every language, with the same places to fill."""
    for language, found in languages.items():
        for other, others in languages.items():
            for key, (entry, document, path) in found.items():
                if key not in others:
                    report.add(document, path, "wording_missing", key=key, language=other)
                    continue
                if _is_empty(entry) and not _is_empty(others[key][0]):
                    report.add(document, path, "wording_empty", key=key, language=language)
                if language < other:
                    _check_places(key, entry, others[key], report)


def _is_empty(entry: Entry) -> bool:
    """A text may be empty on purpose, then in every language."""
    return any(not text.strip() for text in texts_of(entry))


def _check_places(
    key: str, entry: Entry, other: tuple[Entry, Document, tuple[str, ...]], report: Report
) -> None:
    other_entry, document, path = other
    try:
        here, there = placeholders(entry), placeholders(other_entry)
    except ValueError:
        return
    if here != there:
        names = ", ".join(sorted(here ^ there))
        report.add(document, path, "placeholders_differ", key=key, names=names)
