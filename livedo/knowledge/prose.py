"""A rule in plain language, English or Danish, as a reviewer reads it aloud."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livedo.knowledge.check_references import NO_SOURCE
from livedo.knowledge.claims import Claim, later_evidence
from livedo.knowledge.clauses import Clauses
from livedo.knowledge.load import Knowledge
from livedo.knowledge.overrides import adjustables, overrides_of, shipped
from livedo.knowledge.overrides_in_words import number_named, override_texts
from livedo.knowledge.schema import Condition, Rule
from livedo.knowledge.thresholds import ThresholdSource

__all__ = [
    "answer_lines",
    "condition_as_text",
    "grade_text",
    "number_sources",
    "review_text",
    "rule_as_text",
]


def condition_as_text(condition: Condition, knowledge: Knowledge, language: str) -> str:
    """A condition as a clause, or as an opening line and a list."""
    return "\n".join(Clauses(knowledge, language).lines(condition))


def rule_as_text(rule: Rule, knowledge: Knowledge, language: str) -> str:
    """A rule as a paragraph: its question, its answer, its sources, who reviewed it."""
    clauses = Clauses(knowledge, language)
    opening = f"{getattr(rule.title, language)}. {getattr(rule.asks, language)}"
    answer, *parts = answer_lines(rule, knowledge, language)
    rest = " ".join(_about(rule, clauses))
    if not parts:
        return f"{opening} {answer} {rest}"
    return "\n".join([f"{opening} {answer}", *parts, rest])


def answer_lines(rule: Rule, knowledge: Knowledge, language: str) -> list[str]:
    """When the answer is yes: one sentence, or an opening and its parts, indented by depth."""
    clauses = Clauses(knowledge, language)
    first, *parts = clauses.lines(rule.when)
    key = "rule.answer_list" if parts else "rule.answer"
    return [clauses.text(key, condition=first), *parts]


def number_sources(rule: Rule, knowledge: Knowledge, language: str) -> list[str]:
    """Where the numbers of a rule come from, in sentences."""
    return list(_sources(rule, Clauses(knowledge, language)))


def grade_text(rule: Rule, knowledge: Knowledge, language: str) -> str:
    """What a rule counts as; empty where it has no grade."""
    return _grade(rule.grade, Clauses(knowledge, language)) if rule.grade else ""


def review_text(rule: Rule, knowledge: Knowledge, language: str) -> str:
    """Who reviewed a rule, or that no clinician has yet."""
    return _review(rule, Clauses(knowledge, language))


def _about(rule: Rule, clauses: Clauses) -> Iterator[str]:
    """The sentences after the condition."""
    yield from _sources(rule, clauses)
    if rule.grade:
        yield clauses.text("rule.grade", grade=_grade(rule.grade, clauses))
    yield from _claims(rule, clauses)
    if rule.if_unknown.ask_for:
        names = [clauses.name(concept) for concept in rule.if_unknown.ask_for]
        yield clauses.text("rule.if_unknown", concepts=clauses.joined("list_or", names))
    yield from _next_steps(rule, clauses)
    yield _adjustable(rule, clauses)
    yield from override_texts(rule.id, clauses.knowledge, clauses.language)
    if rule.note:
        yield getattr(rule.note, clauses.language)
    yield _review(rule, clauses)


def _sources(rule: Rule, clauses: Clauses) -> Iterator[str]:
    """Where the numbers come from, and which of them no source states."""
    known = clauses.knowledge.thresholds
    cited = [known[name] for name in dict.fromkeys(rule.threshold_from) if name in known]
    sources = list(dict.fromkeys(_source(t.source, clauses) for t in cited if t.source))
    words = clauses.words
    # A number that a centre chose is not the one its source states.
    prefix = "overrides" if _has_own_threshold(rule, clauses.knowledge) else "prose.rule"
    if sources:
        key = "threshold" if len(sources) == 1 else "thresholds"
        yield words.text(f"{prefix}.{key}", sources=clauses.joined("list_and", sources))
    if NO_SOURCE in rule.threshold_from or any(threshold.is_local for threshold in cited):
        yield clauses.text("rule.local_too") if sources else words.text(f"{prefix}.local")


def _has_own_threshold(rule: Rule, knowledge: Knowledge) -> bool:
    """Whether a centre changed a number that a source has to state."""
    changed = {override.field for override in overrides_of(rule.id, knowledge)}
    return any(
        each.number.measure.is_threshold
        for each in adjustables(shipped(knowledge).rules[rule.id] if changed else rule)
        if each.field in changed
    )


def _source(source: ThresholdSource, clauses: Clauses) -> str:
    if source.year is None:
        return clauses.text("rule.source_undated", title=source.title)
    return clauses.text("rule.source", title=source.title, year=source.year)


def _grade(grade: str, clauses: Clauses) -> str:
    key = f"grade.{grade.replace(' ', '_')}"
    return clauses.text(key) if f"prose.{key}" in clauses.words else grade


def _claims(rule: Rule, clauses: Clauses) -> Iterator[str]:
    """The statements behind the rule, and later ones that speak against them."""
    known = clauses.knowledge.claims
    behind = [known[name] for name in rule.because if name in known]
    if not behind:
        return
    key = "rule.claim" if len(behind) == 1 else "rule.claims"
    yield clauses.text(key, claims=_quoted(behind, clauses))
    against = {
        later.id: later
        for claim in behind
        for later in later_evidence().get(claim.id, ())
        if later.relation_to(claim.id) == "contradicts"
    }
    if against:
        told = [later.id for later in against.values() if later in behind]
        untold = [later for later in against.values() if later not in behind]
        items = [*told, _quoted(untold, clauses)] if untold else told
        yield clauses.text("rule.disagrees", claims="; ".join(items))


def _quoted(claims: Sequence[Claim], clauses: Clauses) -> str:
    items = [
        clauses.text("rule.claim_item", says=_without_stop(claim, clauses), id=claim.id)
        for claim in claims
    ]
    return "; ".join(items)


def _without_stop(claim: Claim, clauses: Clauses) -> str:
    return claim.text(clauses.language).strip().removesuffix(".")


def _next_steps(rule: Rule, clauses: Clauses) -> Iterator[str]:
    known = clauses.knowledge.next_steps
    steps = [getattr(known[name], clauses.language) for name in rule.then if name in known]
    if steps:
        yield clauses.text("rule.then", steps=" ".join(steps).removesuffix("."))


def _adjustable(rule: Rule, clauses: Clauses) -> str:
    """What a centre may change, by the name of the number and of its concept where needed."""
    if not rule.adjustable:
        return clauses.text("rule.not_adjustable")
    items = []
    for key, span in rule.adjustable.items():
        words = number_named(key, clauses)
        items.append(clauses.text("rule.adjustable_item", field=words, range=_span(span, clauses)))
    return clauses.text("rule.adjustable", numbers=clauses.joined("list_and", items))


def _span(text: str, clauses: Clauses) -> str:
    """A range as people write it: 1.13 to 2.0 mmol/L."""
    low, _, high = text.partition("..")
    return clauses.text("rule.span", low=clauses.number(low), high=clauses.limit(high))


def _review(rule: Rule, clauses: Clauses) -> str:
    review = rule.review
    if review.by is None:
        return clauses.text("rule.not_reviewed")
    if review.on is None:
        return clauses.text("rule.reviewed_undated", name=review.by)
    return clauses.text("rule.reviewed", name=review.by, day=review.on)
