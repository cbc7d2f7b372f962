"""Rules, statements of literature, thresholds and concepts on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from livedo.knowledge.claims import Claim, later_evidence
from livedo.knowledge.concepts import Concept
from livedo.knowledge.coverage import carriers
from livedo.knowledge.load import Knowledge, load_knowledge
from livedo.knowledge.overrides import overrides_of
from livedo.knowledge.prose import rule_as_text
from livedo.knowledge.schema import Rule
from livedo.knowledge.teaching import (
    Statement,
    Term,
    find_term,
    load_findings,
    load_glossary,
    load_literature,
)
from livedo.knowledge.thresholds import Threshold
from livedo.surfaces.claim_text import claim_line, relation, strength
from livedo.surfaces.evidence_text import statement_lines
from livedo.surfaces.glossary_text import term_lines
from livedo.surfaces.terminal import Line, Role, Terminal, columns, pad, wrap
from livedo.surfaces.unknown_names import unknown
from livedo.surfaces.words import Words

Item = Rule | Claim | Threshold | Concept | Term | Statement
Document = dict[str, object]

INDENT = 2


def chosen_rules(knowledge: Knowledge, kind: str | None) -> list[Rule]:
    """The rules of one kind, or all."""
    if kind is not None and kind not in knowledge.kinds:
        raise unknown(kind, knowledge.kinds)
    return [rule for rule in knowledge.rules.values() if kind in (None, rule.kind)]


def rules_document(kind: str | None, lang: str) -> Document:
    """Every rule for other programs."""
    knowledge = load_knowledge()
    rules = [
        {
            "id": rule.id,
            "kind": rule.kind,
            "title": getattr(rule.title, lang),
            "grade": rule.grade,
            "because": list(rule.because),
            "reviewed_by": rule.review.by,
        }
        for rule in chosen_rules(knowledge, kind)
    ]
    return {"knowledge": knowledge.version, "rules": rules}


def list_lines(kind: str | None, words: Words, terminal: Terminal) -> Iterator[Line]:
    """Every rule with its title, by kind."""
    knowledge = load_knowledge()
    rules = sorted(chosen_rules(knowledge, kind), key=lambda rule: rule.id)
    width = max(columns(rule.id) for rule in rules) + INDENT
    heading = ""
    for rule in rules:
        if rule.kind != heading:
            heading = rule.kind
            yield from kind_head(heading, knowledge, words, is_first=rule is rules[0])
        line: Line = [(pad(rule.id, width), "strong"), (getattr(rule.title, words.lang), "")]
        yield from wrap([("  ", ""), *line], terminal.width, width + INDENT)
    yield []
    reviewed = sum(rule.review.by is not None for rule in rules)
    text = words.count("knowledge.rules", len(rules))
    foot = f"{text}. {words.count('knowledge.reviewed_rules', reviewed)} {version(words)}"
    yield from wrap([(foot, "quiet")], terminal.width)


def kind_head(kind: str, knowledge: Knowledge, words: Words, *, is_first: bool) -> Iterator[Line]:
    """The name of a kind of rules."""
    if not is_first:
        yield []
    known = knowledge.kinds.get(kind)
    yield [(kind.upper(), "strong"), (f"  {getattr(known, words.lang)}" if known else "", "quiet")]


def version(words: Words) -> str:
    """Which knowledge this is."""
    return words.text("knowledge.version", version=load_knowledge().version) + "."


def find_item(name: str, knowledge: Knowledge | None = None) -> Item:
    """The rule, claim, threshold, concept, question or term of that id; a term by any name."""
    knowledge = knowledge or load_knowledge()
    shelves: tuple[Mapping[str, Item], ...] = (
        knowledge.rules,
        knowledge.claims,
        knowledge.thresholds,
        knowledge.vocabulary.concepts,
        load_literature(),
    )
    for shelf in shelves:
        if name in shelf:
            return shelf[name]
    term = find_term(name)
    if term is not None:
        return term
    words = [word for known in load_glossary().values() for word in known.names()]
    raise unknown(name, [*words, *(known for shelf in shelves for known in shelf)])


def item_document(item: Item, knowledge: Knowledge | None = None) -> str:
    """One item for other programs, as its file has it, with what stands elsewhere about it."""
    kind = type(item).__name__.lower()
    document = {
        "kind": kind,
        **msgspec.to_builtins(item),
        **beside(item, knowledge or load_knowledge()),
    }
    if isinstance(item, Claim):
        document["kind"] = item.kind
    return msgspec.json.encode(document).decode()


def beside(item: Item, knowledge: Knowledge) -> Document:
    """What other files say of a claim or a rule."""
    if isinstance(item, Claim):
        later = later_evidence().get(item.id, ())
        return {
            "later": [{"id": each.id, "relation": each.relation_to(item.id)} for each in later],
            "carried_by": carriers(knowledge, item.id),
        }
    if isinstance(item, Rule):
        changed = list(overrides_of(item.id, knowledge))
        own = {"overrides": changed} if changed else {}
        return {"teaches": load_findings().get(item.id), **own}
    return {}


def item_lines(
    item: Item, words: Words, terminal: Terminal, knowledge: Knowledge | None = None
) -> Iterator[Line]:
    """One item in plain words, with its sources."""
    if isinstance(item, Rule):
        yield from rule_lines(item, words, terminal, knowledge or load_knowledge())
    elif isinstance(item, Claim):
        yield from claim_lines(item, words, terminal)
    elif isinstance(item, Threshold):
        yield from threshold_lines(item, words, terminal)
    elif isinstance(item, Term):
        yield from term_lines(item, words, terminal)
    elif isinstance(item, Statement):
        yield from statement_lines(item, words, terminal)
    else:
        yield from concept_lines(item, words, terminal)


def rule_lines(
    rule: Rule, words: Words, terminal: Terminal, knowledge: Knowledge
) -> Iterator[Line]:
    """A rule as a reviewer reads it aloud, then its sources one by one."""
    yield [(rule.id, "strong")]
    for paragraph in rule_as_text(rule, knowledge, words.lang).splitlines():
        indent = len(paragraph) - len(paragraph.lstrip(" ")) + INDENT
        yield from wrap([(paragraph, "")], terminal.width, indent)
    taught = load_findings().get(rule.id)
    if taught is not None:
        yield []
        yield [(words.text("knowledge.teaches"), "strong")]
        yield from wrap([("  ", ""), (taught.text(words.lang), "")], terminal.width, INDENT)
    named = [knowledge.claims[claim] for claim in rule.because if claim in knowledge.claims]
    if named:
        yield []
        yield [(words.text("knowledge.because"), "strong")]
    for claim in named:
        yield from claim_line(claim, words, terminal)


def claim_lines(claim: Claim, words: Words, terminal: Terminal) -> Iterator[Line]:
    """A statement, what later evidence says of it, and which rules carry it."""
    kind = words.text(f"knowledge.claim_kinds.{claim.kind}")
    yield [(claim.id, "strong"), (f"  {kind}", "quiet")]
    yield from wrap([(claim.text(words.lang), "")], terminal.width)
    details = [
        ("source", f"{claim.source}, {claim.year}"),
        ("strength", strength(claim, words)),
        ("effect", claim.effect or ""),
        ("population", claim.population or ""),
        ("caveat", claim.caveat or ""),
        ("address", claim.url or ""),
    ]
    yield from detail_lines(details, words, terminal)
    for concern in claim.concerns:
        about = load_knowledge().claims[concern.claim]
        yield from claim_line(about, words, terminal, before=relation(concern.relation, words))
    if claim.kind == "later" and not claim.concerns:
        yield from wrap([(words.text("knowledge.relation_new"), "quiet")], terminal.width)
    for later in later_evidence().get(claim.id, ()):
        how = later.relation_to(claim.id) or ""
        yield from claim_line(later, words, terminal, before=relation(how, words, is_passive=True))
    carried = ", ".join(carriers(load_knowledge(), claim.id))
    yield from detail_lines([("carried_by", carried)], words, terminal)


def detail_lines(
    details: list[tuple[str, str]], words: Words, terminal: Terminal
) -> Iterator[Line]:
    """Labelled details; empty ones are left out."""
    for key, text in details:
        if text:
            label: Line = [(words.text(f"knowledge.{key}") + ": ", "quiet")]
            yield from wrap([*label, (text, "")], terminal.width, INDENT)


def threshold_lines(threshold: Threshold, words: Words, terminal: Terminal) -> Iterator[Line]:
    """A number with its source and its limits."""
    meaning = threshold.meaning_da if words.lang == "da" else None
    yield [(threshold.id, "strong"), (f"  {threshold.concept}", "quiet")]
    yield from wrap([(meaning or threshold.meaning, "")], terminal.width)
    numbers = "; ".join(f"{stated.value:g} {stated.unit}" for stated in threshold.numbers())
    source = threshold.source
    local: Role = "risk" if threshold.is_local else ""
    if threshold.is_local:
        yield [(words.text("knowledge.local"), local)]
    details = [
        ("value", numbers),
        ("source", f"{source.title}, {source.year or ''}" if source else ""),
        ("strength", threshold.strength),
        ("not_for", threshold.not_for),
        ("note", threshold.note or ""),
        ("address", (source.url or "") if source else ""),
    ]
    yield from detail_lines(details, words, terminal)


def concept_lines(concept: Concept, words: Words, terminal: Terminal) -> Iterator[Line]:
    """A concept with its parents and the rules that look at it."""
    from livedo.knowledge.tree import concepts_of

    yield [(concept.id, "strong"), (f"  {concept.domain}, {concept.kind}", "quiet")]
    yield from wrap([(concept.name(words.lang), "")], terminal.width)
    rules = load_knowledge().rules.values()
    used = [rule.id for rule in rules if concept.id in concepts_of(rule.when)]
    details = [
        ("parents", ", ".join(concept.parents)),
        ("note", concept.note or ""),
        ("used_by", ", ".join(used)),
    ]
    yield from detail_lines(details, words, terminal)
