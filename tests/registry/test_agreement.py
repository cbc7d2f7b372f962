"""Two readers of one case: alone, together, and how well they agree."""

from __future__ import annotations

import os

import pytest

from livedo.decisions.entries import Adjudication, Entry, NewEntry, Undone
from livedo.knowledge.register_quality import load_verdicts
from livedo.registry.adjudication import Readings, may_read, readings, readings_of, visible_to
from livedo.registry.agreement import Agreement, agreement, kappa
from tests.registry.exchanged import NOON, numbered

if os.environ.get("CI") != "true":
    pytest.importorskip("statsmodels", reason="needs the extra registry")

ANNA, BENT, CARL = "Dr. Anna", "Dr. Bent", "Dr. Carl"


def read(
    by: str,
    verdict: str,
    at: int,
    cause: str | None = None,
    reading: str = "single",
    person: str = "anemone",
) -> NewEntry:
    body = Adjudication(reading=reading, verdict=verdict, cause_of_death=cause)  # type: ignore[arg-type]
    return NewEntry(
        entry_id=f"{person}-{by}-{at}",
        person_id=person,
        kind="adjudication",
        entered_at=NOON + at,
        entered_by=by,
        body=body,
    )


def undone(entry: NewEntry, at: int) -> NewEntry:
    return NewEntry(
        entry_id=f"undo-{entry.entry_id}",
        person_id=entry.person_id,
        kind="undone",
        entered_at=NOON + at,
        entered_by=entry.entered_by,
        body=Undone(),
        undoes=entry.entry_id,
    )


def found(*entries: NewEntry) -> Readings:
    return readings_of("anemone", numbered(entries))


def said(one: Readings) -> list[str]:
    return [f"{reading.reader}: {reading.verdict}" for reading in visible_to(BENT, one)]


def test_nobody_sees_the_first_reading_before_the_second_is_in() -> None:
    first = found(read(ANNA, "confirmed", 1))
    assert (first.stage, said(first)) == ("one_reading", [])
    assert [one.reader for one in visible_to(ANNA, first)] == [ANNA]
    assert may_read(BENT, first)
    both = found(read(ANNA, "confirmed", 1), read(BENT, "probable", 2))
    assert said(both) == [f"{ANNA}: confirmed", f"{BENT}: probable"]
    assert not may_read(CARL, both)


def test_the_same_reader_twice_is_one_reader_and_the_newest_reading_counts() -> None:
    one = found(read(ANNA, "suspected", 1), read(ANNA, "confirmed", 2))
    assert one.stage == "one_reading"
    assert one.first is not None
    assert one.first.verdict == "confirmed"


def test_two_who_say_the_same_settle_a_case() -> None:
    both = found(read(ANNA, "confirmed", 1, "disease"), read(BENT, "confirmed", 2))
    assert both.stage == "agreed"
    assert both.settled is not None
    assert (both.settled.verdict, both.settled.cause_of_death) == ("confirmed", "disease")


def test_a_different_cause_of_death_is_a_disagreement() -> None:
    both = found(read(ANNA, "confirmed", 1, "disease"), read(BENT, "confirmed", 2, "other"))
    assert (both.stage, both.settled) == ("disagreed", None)


def test_what_readers_disagree_on_is_settled_by_a_consensus() -> None:
    both = [read(ANNA, "confirmed", 1), read(BENT, "suspected", 2)]
    assert found(*both).stage == "disagreed"
    settled = found(*both, read(ANNA, "probable", 3, reading="consensus"))
    assert settled.stage == "consensus"
    assert settled.settled is not None
    assert settled.settled.verdict == "probable"


def test_a_third_reader_is_no_second_one() -> None:
    three = found(
        read(ANNA, "confirmed", 1), read(BENT, "confirmed", 2), read(CARL, "suspected", 3)
    )
    assert three.stage == "agreed"
    assert [one.reader for one in three.further] == [CARL]


def test_a_reading_changed_after_seeing_the_other_counts_as_said_before() -> None:
    entries = [read(ANNA, "suspected", 1), read(BENT, "confirmed", 2), read(ANNA, "confirmed", 3)]
    both = found(*entries)
    assert both.stage == "agreed"
    assert both.alone[0] is not None
    assert both.alone[0].verdict == "suspected"
    assert agreed([both]).verdict.agreed == 0


def test_a_reading_undone_and_made_again_later_was_not_made_alone() -> None:
    wrong = read(ANNA, "suspected", 1)
    both = found(wrong, read(BENT, "confirmed", 2), undone(wrong, 3), read(ANNA, "confirmed", 4))
    counted = agreed([both])
    assert (counted.read_twice, counted.not_alone, counted.verdict.pairs) == (1, 1, 0)


def agreed(cases: list[Readings]) -> Agreement:
    return agreement(cases)


# -- kappa -------------------------------------------------------------------------------

LEVEL = load_verdicts().level


def pairs(table: list[list[int]]) -> list[tuple[str, str]]:
    return [
        (str(row), str(column))
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


def test_kappa_is_that_of_the_mammograms_of_boyd() -> None:
    """85 xeromammograms by two radiologists (Boyd, J Natl Cancer Inst 1982;68:357-63), as worked
    in Altman, Practical Statistics for Medical Research 1991, and in Stata's manual of `kap`:
    63.53 % observed, kappa 0.4728, with linear weights 0.5684."""
    table = [[21, 12, 0, 0], [4, 17, 1, 0], [3, 9, 15, 2], [0, 0, 0, 1]]
    plain = kappa(pairs(table), "0123", level=LEVEL)
    assert plain.observed == pytest.approx(0.6353, abs=5e-5)
    assert plain.value == pytest.approx(0.4728, abs=5e-5)
    weighted = kappa(pairs(table), "0123", level=LEVEL, is_weighted=True)
    assert weighted.value == pytest.approx(0.5684, abs=5e-5)


def test_the_error_of_kappa_is_that_of_bonnardel() -> None:
    """Bonnardel, kappa.exe, its example of 100 subjects in three categories: kappa 0.654, error
    0.062."""
    found = kappa(pairs([[25, 3, 5], [6, 32, 8], [1, 0, 20]]), "012", level=LEVEL)
    assert found.value == pytest.approx(0.654, abs=5e-4)
    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(0.062, abs=5e-4)


@pytest.mark.parametrize(
    ("table", "value", "no_value", "no_interval"),
    [
        ([[0, 0], [0, 0]], None, "no_pairs", "no_pairs"),
        ([[7, 0], [0, 0]], None, "one_category", "one_category"),
        ([[7, 0], [0, 2]], 1.0, "", "always_agreed"),
        ([[7, 2], [0, 0]], 0.0, "", "reader_never_varied"),
    ],
)
def test_what_kappa_cannot_say_is_said_in_words(
    table: list[list[int]], value: float | None, no_value: str, no_interval: str
) -> None:
    found = kappa(pairs(table), "01", level=LEVEL)
    assert (found.value, found.why_no_value, found.why_no_interval) == (
        value,
        no_value,
        no_interval,
    )
    assert (found.low, found.high) == (None, None)


def test_agreement_is_measured_over_cases_that_two_read_alone() -> None:
    verdicts = [("confirmed", "confirmed"), ("suspected", "confirmed"), ("cannot_tell", "probable")]
    entries: list[Entry] = numbered(
        entry
        for number, (one, two) in enumerate(verdicts)
        for entry in (
            read(BENT, two, 2 * number, "other", person=f"p{number}"),
            read(ANNA, one, 2 * number + 1, "other" if number else None, person=f"p{number}"),
        )
    )
    found = agreed(readings(entries))
    assert found.readers == (ANNA, BENT)
    assert (found.verdict.pairs, found.verdict.agreed) == (3, 1)
    assert found.weighted.pairs == 2, "cannot tell is no step of certainty"
    assert found.cause_of_death.pairs == 2, "one case was not asked for its cause by both"
