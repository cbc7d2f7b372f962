"""The state of the evidence on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from livedo.knowledge.claims import Claim, load_claims
from livedo.knowledge.proportions import clopper_pearson
from livedo.knowledge.teaching import Statement, load_literature, told
from livedo.surfaces.claim_text import claim_line, relation
from livedo.surfaces.terminal import Line, Terminal, wrap
from livedo.surfaces.unknown_names import unknown
from livedo.surfaces.words import Words
from livedo.surfaces.words import words as words_of

PERCENT = 100


def statements_named(name: str | None) -> Sequence[Statement]:
    """The statement of that id, or all."""
    statements = load_literature()
    if name is None:
        return list(statements.values())
    if name not in statements:
        raise unknown(name, statements, "livedo evidence")
    return [statements[name]]


def said(statement: Statement, words: Words) -> str:
    """The text, with the share and its exact interval where it has one."""
    text = statement.text(words.lang)
    counts = statement.proportion
    if counts is None:
        return text
    low, high = clopper_pearson(counts.events, counts.of, counts.level)
    shown = {"share": counts.events / counts.of, "low": low, "high": high}
    return text.format(
        **{name: words.decimal(PERCENT * share, counts.digits) for name, share in shown.items()}
    )


def evidence_document(statements: Sequence[Statement]) -> str:
    """The statements for other programs, in both languages."""
    rows = [
        {
            "id": statement.id,
            "title": statement.title,
            "en": said(statement, words_of("en")),
            "da": said(statement, words_of("da")),
            "because": statement.because,
        }
        for statement in statements
    ]
    return msgspec.json.encode({"evidence": rows}).decode()


def evidence_lines(
    statements: Sequence[Statement], words: Words, terminal: Terminal
) -> Iterator[Line]:
    """The statements, an empty line between."""
    for number, statement in enumerate(statements):
        if number:
            yield []
        yield from statement_lines(statement, words, terminal)


def statement_lines(statement: Statement, words: Words, terminal: Terminal) -> Iterator[Line]:
    """One statement, then the claims behind it, the founding ones first."""
    yield [(told(statement.title, words.lang), "strong"), (f"  {statement.id}", "quiet")]
    yield from wrap([(said(statement, words), "")], terminal.width)
    claims = [load_claims()[id] for id in statement.because]
    founding = {claim.id for claim in claims if claim.kind == "founding"}
    for claim in claims:
        yield from claim_line(claim, words, terminal, after=how(claim, founding, words))


def how(claim: Claim, founding: set[str], words: Words) -> str:
    """What a later claim does to the founding ones shown with it."""
    done = [concern for concern in claim.concerns if concern.claim in founding]
    return "; ".join(f"{relation(concern.relation, words)} {concern.claim}" for concern in done)
