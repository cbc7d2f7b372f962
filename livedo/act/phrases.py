"""Several facts in one line: findings of one place and day together, a series as a change.

"plaque, severe pain left thigh 18 Nov"; "albumin 36 → 30 g/L 12 May–18 Nov".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from livedo.act.facts_in_words import FactWords, is_lasting
from livedo.act.page import load_page
from livedo.record.tables import Fact, Instant

Place = tuple[str | None, str | None, date, str]
"""Body site, side, local day and whether it was seen: findings that are told together."""

_TOLD_TOGETHER = frozenset({"sign", "wound"})


def phrases(
    facts: Iterable[Fact], as_of: Instant, words: FactWords, trends: Collection[str] = ()
) -> list[str]:
    """Short phrases for facts, the newest first; older results of one thing are left out."""
    ordered = sorted(facts, key=_newest_first)
    told: list[str] = []
    for group in told_together(_newest_of_findings(ordered), words):
        text = _group_phrase(group, as_of, words, trends)
        if text not in told:
            told.append(text)
    return told


def _newest_first(fact: Fact) -> tuple[bool, Instant, str, int]:
    """What still lasts comes before what was found on a day."""
    is_ongoing = fact.end_at is None and fact.present == "yes"
    return (not is_ongoing, -fact.start_at, fact.concept, fact.fact_id)


def _newest_of_findings(facts: Iterable[Fact]) -> Iterator[Fact]:
    """A finding at one place once; results with numbers all, for they may show a change."""
    seen: set[object] = set()
    for fact in facts:
        key = (fact.concept, fact.body_site, fact.side, fact.present)
        if fact.low is None and fact.high is None and key in seen:
            continue
        seen.add(key)
        yield fact


def told_together(facts: Iterable[Fact], words: FactWords) -> Iterator[list[Fact]]:
    """Findings of one place and day together; otherwise the results of one concept."""
    groups: dict[object, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(_key(fact, words), []).append(fact)
    yield from groups.values()


def _key(fact: Fact, words: FactWords) -> object:
    if _is_finding(fact):
        day = words.dates.local_day(fact.start_at)
        place: Place = (fact.body_site, fact.side, day, fact.present)
        return place
    return (fact.concept, fact.body_site, fact.side)


def _is_finding(fact: Fact) -> bool:
    domain = fact.concept.partition(".")[0]
    is_plain = fact.low is None and fact.high is None and not is_lasting(fact)
    return domain in _TOLD_TOGETHER and is_plain


def _group_phrase(
    group: Sequence[Fact], as_of: Instant, words: FactWords, trends: Collection[str]
) -> str:
    newest = group[0]
    if len(group) == 1:
        return words.phrase(newest, as_of)
    if _is_finding(newest):
        return _findings(group, as_of, words)
    if newest.concept in trends:
        return change_phrase(group[-1], newest, as_of, words)
    return words.phrase(newest, as_of)


def _findings(group: Sequence[Fact], as_of: Instant, words: FactWords) -> str:
    newest = group[0]
    pain = load_page().skin.pain
    ordered = sorted(group, key=lambda fact: (fact.concept in pain, fact.concept))
    names = list(dict.fromkeys(words.finding(fact) for fact in ordered))
    parts = [", ".join(names), words.place(newest), words.when(newest, as_of)]
    text = " ".join(part for part in parts if part)
    return words.text("fact.not_found", what=text) if newest.present == "no" else text


def change_phrase(oldest: Fact, newest: Fact, as_of: Instant, words: FactWords) -> str:
    """albumin 36 → 30 g/L 12 May–18 Nov."""
    first, last = words.value(oldest), words.value(newest)
    number, _, unit = first.rpartition(" ")
    if number and last.endswith(f" {unit}") and "(" not in first:
        first = number
    return words.text(
        "fact.change",
        what=words.name(newest.concept),
        first=first,
        last=last,
        start=words.when(oldest, as_of),
        end=words.when(newest, as_of),
    )
