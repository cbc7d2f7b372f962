"""The register out to a file and back: nothing lost, nothing invented, nobody else's name.

LIVEDO_ROUND_TRIPS=10000 tries as many registers as a release asks for; a commit does with 200.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import given, settings

from livedo.decisions.entries import NewEntry
from livedo.registry.exchange.changes import Changes
from livedo.registry.exchange.redcap_records import records
from tests.registry.exchanged import (
    FORM,
    KEY,
    exported,
    imported,
    numbered,
    redcap_imported,
    reports,
    stands,
    write_csv,
)

ROUND_TRIPS = int(os.environ.get("LIVEDO_ROUND_TRIPS", "200"))
RECORD = {("case", "first_symptom_on", 1): "2026-03", ("lesion", "body_site", 2): "thigh"}


def check(entered: list[NewEntry], into_empty: Changes, into_same: Changes) -> None:
    assert stands(into_empty.entries) == stands(entered)
    assert into_same.entries == ()
    for found in (into_empty, into_same):
        assert found.rows_in == found.used + len(found.set_aside)
        assert (found.set_aside, found.parts_lost) == ((), ())


@settings(max_examples=ROUND_TRIPS, deadline=None)
@given(reports())
def test_what_was_entered_comes_back_from_csv_with_who_and_when(entered: list[NewEntry]) -> None:
    store = numbered(entered)
    with tempfile.TemporaryDirectory() as name:
        write_csv(exported(store, RECORD), Path(name))
        check(entered, imported(Path(name)), imported(Path(name), store))


@settings(max_examples=ROUND_TRIPS, deadline=None)
@given(reports())
def test_what_was_entered_comes_back_from_redcap_with_who_and_when(entered: list[NewEntry]) -> None:
    store = numbered(entered)
    text = records(FORM, exported(store, RECORD), KEY)
    check(entered, redcap_imported(text), redcap_imported(text, store))
