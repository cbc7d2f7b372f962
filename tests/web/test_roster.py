"""The roster that a unit writes: which chair, which shift, and what could not be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.errors import SourceUnreadable
from livedo.sources.roster import Roster, read_roster

PEOPLE = ("p1", "p2", "p3")


def roster_of(folder: Path, text: str, encoding: str = "utf-8") -> Roster:
    path = folder / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path, PEOPLE)


def test_a_chair_a_shift_and_a_unit_are_read(tmp_path: Path) -> None:
    roster = roster_of(
        tmp_path, "person_id,dialysis_unit,shift,chair\np1,North,MWF morning,9\np2,South,home,\n"
    )
    one, two = roster.seat_of("p1"), roster.seat_of("p2")
    assert (one.dialysis_unit, one.days, one.time, one.chair) == ("North", "mwf", "morning", "9")
    assert (two.days, two.time, two.chair) == ("home", None, None)


def test_danish_headings_semicolons_and_the_mark_of_excel_are_read(tmp_path: Path) -> None:
    roster = roster_of(
        tmp_path, "Patient;Afsnit;Hold;Plads\np1;Nord;tir tor lør formiddag;3\n", "utf-8-sig"
    )
    assert roster.seat_of("p1").days == "tts"
    assert roster.seat_of("p1").time == "morning"


def test_only_the_person_is_needed(tmp_path: Path) -> None:
    roster = roster_of(tmp_path, "person_id,chair\np1,2\n")
    assert roster.seat_of("p1").chair == "2"
    assert roster.seat_of("p1").shift is None
    assert roster.seat_of("p3").chair is None


def test_people_whom_the_record_does_not_know_are_counted_and_named_apart(tmp_path: Path) -> None:
    roster = roster_of(tmp_path, "person_id,chair\np1,2\nstranger,3\nstranger,4\n")
    assert roster.unknown == ("stranger",)
    assert list(roster.seats) == ["p1"]


def test_the_first_of_two_lines_about_one_person_counts(tmp_path: Path) -> None:
    roster = roster_of(tmp_path, "person_id,chair\np1,2\np1,3\n,4\n")
    assert roster.seat_of("p1").chair == "2"
    assert roster.repeated_lines == (3,)
    assert roster.broken_lines == (4,)


def test_a_shift_in_other_words_is_shown_as_it_is_written(tmp_path: Path) -> None:
    roster = roster_of(tmp_path, "person_id,shift\np1,blue team\n")
    assert roster.seat_of("p1").shift == "blue team"
    assert roster.seat_of("p1").days is None
    assert roster.unread_shifts == 1


@pytest.mark.parametrize(
    "text", ["", "chair,shift\n2,MWF\n", "\x00\xff\n"], ids=["empty", "no people", "not text"]
)
def test_what_is_no_roster_is_refused_without_its_content(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        roster_of(tmp_path, text, "latin-1")
    assert "MWF" not in str(refused.value)
    assert "person_id" in str(refused.value)
