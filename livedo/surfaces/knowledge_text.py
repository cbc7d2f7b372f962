"""Rules, statements of literature, thresholds and concepts on a terminal and as JSON."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

import msgspec

from livedo.errors import UnknownConcept
from livedo.knowledge.claims import Claim, later_evidence
from livedo.knowledge.concepts import Concept
from livedo.knowledge.load import Knowledge, load_knowledge
from livedo.knowledge.prose import rule_as_text
from livedo.knowledge.schema import Rule
from livedo.knowledge.thresholds import Threshold
from livedo.surfaces.terminal import Line, Role, Terminal, columns, pad, wrap
from livedo.surfaces.words import Words

Item = Rule | Claim | Threshold | Concept
Document = dict[str, object]

NEAR = 3
INDENT = 2


def chosen_rules(knowledge: Knowledge, kind: str | None) -> list[Rule]:
    """The rules of one kind, or all."""
    if kind is not None and kind not in knowledge.kinds:
        raise unknown(kind, knowledge.kinds)
    return [rule for rule in knowledge.rules.values() if kind in (None, rule.kind)]


def unknown(name: str, known: Iterable[str]) -> UnknownConcept:
    """The error for an id that is not there, with the ids it may have meant."""
    near = difflib.get_close_matches(name, list(known), n=NEAR)
    return UnknownConcept(
        f"The knowledge holds nothing named {name}",
        next_step=f"did you mean {', '.join(near)}?" if near else "livedo knowledge list",
    )


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


def find_item(name: str) -> Item:
    """The rule, statement, threshold or concept of that id."""
    knowledge = load_knowledge()
    shelves = (
        knowledge.rules,
        knowledge.claims,
        knowledge.thresholds,
        knowledge.vocabulary.concepts,
    )
    for shelf in shelves:
        if name in shelf:
            found: Item = shelf[name]
            return found
    raise unknown(name, [known for shelf in shelves for known in shelf])


def item_document(item: Item) -> str:
    """One item for other programs, as its file has it."""
    kind = type(item).__name__.lower()
    document = {"kind": kind, **msgspec.to_builtins(item)}
    return msgspec.json.encode(document).decode()


def item_lines(item: Item, words: Words, terminal: Terminal) -> Iterator[Line]:
    """One item in plain words, with its sources."""
    if isinstance(item, Rule):
        yield from rule_lines(item, words, terminal)
    elif isinstance(item, Claim):
        yield from claim_lines(item, words, terminal)
    elif isinstance(item, Threshold):
        yield from threshold_lines(item, words, terminal)
    else:
        yield from concept_lines(item, words, terminal)


def rule_lines(rule: Rule, words: Words, terminal: Terminal) -> Iterator[Line]:
    """A rule as a reviewer reads it aloud, then its sources one by one."""
    knowledge = load_knowledge()
    yield [(rule.id, "strong")]
    for paragraph in rule_as_text(rule, knowledge, words.lang).splitlines():
        indent = len(paragraph) - len(paragraph.lstrip(" ")) + INDENT
        yield from wrap([(paragraph, "")], terminal.width, indent)
    named = [knowledge.claims[claim] for claim in rule.because if claim in knowledge.claims]
    if named:
        yield []
        yield [(words.text("knowledge.because"), "strong")]
    for claim in named:
        yield from claim_line(claim, words, terminal)


def claim_line(claim: Claim, words: Words, terminal: Terminal, before: str = "") -> Iterator[Line]:
    """A statement in one paragraph."""
    line: Line = [("  ", ""), (before, "risk"), (f"{claim.id}: ", "strong")]
    line.append((claim.text(words.lang), ""))
    line.append((f"  {claim.source}, {claim.year}, {claim.strength}", "quiet"))
    return iter(wrap(line, terminal.width, 2 * INDENT))


def claim_lines(claim: Claim, words: Words, terminal: Terminal) -> Iterator[Line]:
    """A statement, what later evidence says of it, and which rules carry it."""
    yield [(claim.id, "strong"), (f"  {claim.kind}, {claim.group}", "quiet")]
    yield from wrap([(claim.text(words.lang), "")], terminal.width)
    details = [
        ("source", f"{claim.source}, {claim.year}"),
        ("strength", claim.strength),
        ("effect", claim.effect or ""),
        ("population", claim.population or ""),
        ("caveat", claim.caveat or ""),
        ("address", claim.url or ""),
    ]
    yield from detail_lines(details, words, terminal)
    for concern in claim.concerns:
        about = load_knowledge().claims[concern.claim]
        yield from claim_line(about, words, terminal, relation(concern.relation, words))
    for later in later_evidence().get(claim.id, ()):
        how = later.relation_to(claim.id) or ""
        yield from claim_line(later, words, terminal, relation(how, words, is_passive=True))
    carriers = [rule.id for rule in load_knowledge().rules.values() if claim.id in rule.because]
    if carriers:
        yield from detail_lines([("carried_by", ", ".join(carriers))], words, terminal)


def relation(name: str, words: Words, *, is_passive: bool = False) -> str:
    """What one statement does to another, in words."""
    key = f"knowledge.relations.{name}{'_passive' if is_passive else ''}"
    found = words.find(key)
    return f"{found} " if found else ""


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
