"""The glossary on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from livedo.knowledge.teaching import Term, find_term, load_glossary, told
from livedo.surfaces.terminal import Line, Terminal, wrap
from livedo.surfaces.unknown_names import unknown
from livedo.surfaces.words import Words

INDENT = 2


def terms_named(name: str | None) -> Sequence[Term]:
    """The term of that name, or all."""
    terms = load_glossary()
    if name is None:
        return list(terms.values())
    found = find_term(name)
    if found is None:
        known = [known for term in terms.values() for known in term.names()]
        raise unknown(name, known, "livedo glossary")
    return [found]


def glossary_document(terms: Sequence[Term]) -> str:
    """The terms for other programs, in both languages."""
    return msgspec.json.encode({"terms": terms}).decode()


def glossary_lines(terms: Sequence[Term], words: Words, terminal: Terminal) -> Iterator[Line]:
    """The terms, an empty line between."""
    for number, term in enumerate(terms):
        if number:
            yield []
        yield from term_lines(term, words, terminal)


def term_lines(term: Term, words: Words, terminal: Terminal) -> Iterator[Line]:
    """One term: its meaning, its other names, its history, its sources."""
    yield [(told(term.term, words.lang), "strong")]
    yield from wrap([(told(term.definition, words.lang), "")], terminal.width)
    others = ", ".join(other_names(term, words.lang))
    history = told(term.history, words.lang) if term.history else ""
    for key, text in (
        ("synonyms", others),
        ("history", history),
        ("because", ", ".join(term.because)),
    ):
        if text:
            label: Line = [(words.text(f"glossary.{key}") + ": ", "quiet")]
            yield from wrap([*label, (text, "")], terminal.width, INDENT)


def other_names(term: Term, lang: str) -> Iterator[str]:
    """The synonyms, and the word in the other language where it differs."""
    yield from term.synonyms
    other = told(term.term, "en" if lang == "da" else "da")
    if other != told(term.term, lang):
        yield other
