"""The invented nation is a record like any other, and says that it is invented."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from livedo.demo.nation.nation import Nation
from livedo.errors import OutputUnwritable, PartMissing
from livedo.instants import from_iso, zone_named
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record import columns
from livedo.record.store import Record, open_record
from livedo.record.tables import Fact, PatientRecord
from livedo.surfaces.nation_demo import prepare_nation, write_nation
from tests.demo.nation.conftest import FEW, MANY_CASES


@pytest.fixture(scope="session")
def everybody(record: Record) -> list[PatientRecord]:
    return list(record.patients())


@pytest.fixture(scope="session")
def facts(everybody: list[PatientRecord]) -> list[Fact]:
    return [fact for patient in everybody for fact in patient.facts]


def test_everybody_is_in_the_record_and_found_alone(
    record: Record, everybody: list[PatientRecord]
) -> None:
    assert len(record) == FEW == len({one.person.person_id for one in everybody})
    assert record.patient("N-0000017") in everybody


def test_the_same_people_give_the_same_bytes_in_any_number_of_processes(
    record: Record, tmp_path: Path
) -> None:
    again, together = tmp_path / "again", tmp_path / "together"
    write_nation(again, 3_200, processes=1)
    write_nation(together, 3_200, processes=2)
    assert open_record(again).bucket_count() > 1
    assert _bytes(again) == _bytes(together)
    write_nation(again, FEW, cases_per_million=MANY_CASES, processes=1)
    assert _bytes(again) == _bytes(record.path)


def test_the_same_people_have_the_same_facts_on_every_machine(few: Nation) -> None:
    """Changed on purpose? Write the digest that this finds into nation.sha256."""
    part = few.part(few.person_ids())
    told = repr([part.persons.to_pylist(), part.facts.to_pylist(), part.observed.to_pylist()])
    kept = (Path(__file__).parent / "nation.sha256").read_text("utf-8").strip()
    assert hashlib.sha256(told.encode()).hexdigest() == kept


def test_the_nation_is_the_same_under_another_hash_seed_locale_and_time_zone(
    record: Record, tmp_path: Path
) -> None:
    script = (
        "import sys; from pathlib import Path; "
        "from livedo.surfaces.nation_demo import write_nation; "
        f"write_nation(Path(sys.argv[1]), {FEW}, cases_per_million={MANY_CASES})"
    )
    elsewhere = os.environ | {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    place = tmp_path / "record"
    subprocess.run([sys.executable, "-c", script, str(place)], env=elsewhere, check=True)
    assert _bytes(place) == _bytes(record.path)


def _bytes(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_person_is_the_same_whoever_else_is_asked_for(few: Nation) -> None:
    ids = few.person_ids()
    together = few.part(ids[100:200])
    alone = few.part(ids[142:143])
    same = together.facts.filter(
        [name == ids[142] for name in together.facts.column("person_id").to_pylist()]
    )
    assert same.to_pylist() == alone.facts.to_pylist()


def test_the_record_says_that_all_is_invented(record: Record) -> None:
    assert record.manifest.is_invented
    assert record.manifest.sources == ("invented-nation",)


def test_every_item_is_used_or_set_aside(record: Record) -> None:
    totals, counts = record.manifest.totals, record.manifest.counts
    lines = list(record.ledger())
    assert totals.items_in == totals.used + totals.set_aside
    assert totals.used == counts.fact + counts.person
    assert totals.set_aside == sum(line.count for line in lines) > 0
    reasons = Counter[str]()
    for line in lines:
        reasons[line.reason] += line.count
    assert reasons == Counter(record.manifest.reasons)


def test_tables_have_the_columns_of_a_record(record: Record) -> None:
    data = record.path / record.manifest.data
    read = pq.read_schema(data / record.manifest.buckets[0].file)
    assert read.names == list(columns.FACT_TYPES)


def test_facts_are_in_order_and_have_their_own_number(
    everybody: list[PatientRecord], facts: list[Fact]
) -> None:
    for patient in everybody:
        keys = [(one.concept, one.start_at, one.fact_id) for one in patient.facts]
        assert keys == sorted(keys)
        assert {one.person_id for one in patient.facts} <= {patient.person.person_id}
    assert len({one.fact_id for one in facts}) == len(facts) == _count(facts)


def _count(facts: list[Fact]) -> int:
    return len({(one.source, one.source_id) for one in facts})


def test_every_word_is_one_of_the_vocabulary(facts: list[Fact]) -> None:
    vocabulary = load_vocabulary()
    assert {one.concept for one in facts} <= set(vocabulary.concepts)
    assert {one.body_site for one in facts} - {None} <= set(vocabulary.body_sites)
    assert {one.side for one in facts} <= {None, "left", "right"}
    assert {one.present for one in facts} == {"yes", "no"}
    assert {one.dose_unit for one in facts} == {None, "mg", "ug", "[IU]"}


def test_numbers_are_plausible_in_their_canonical_unit(facts: list[Fact]) -> None:
    units = load_vocabulary().units
    numbered = [one for one in facts if one.low is not None]
    assert len(numbered) > len(facts) / 3
    for one in numbered:
        assert one.low == one.high
        assert units.is_plausible(one.concept, one.low), one


def test_nothing_begins_after_death_and_nobody_dies_twice(everybody: list[PatientRecord]) -> None:
    dead = [one for one in everybody if one.person.is_dead]
    assert len(dead) > FEW / 10
    for patient in dead:
        died_on = patient.person.died_on
        assert died_on is not None
        for fact in patient.facts:
            assert fact.start_at <= died_on, fact
            assert fact.end_at is None or fact.end_at <= died_on, fact
    assert all(one.person.died_on is None for one in everybody if not one.person.is_dead)


def test_every_fact_begins_before_it_ends_and_is_known_after_it_began(facts: list[Fact]) -> None:
    for one in facts:
        assert one.start_from <= one.start_at, one
        assert one.known_at >= one.start_from, one
        if one.end_at is not None and one.end_from is not None:
            assert one.end_from <= one.end_at, one
            assert one.start_at <= one.end_at, one


def test_some_dates_are_imprecise_and_some_facts_are_known_late(facts: list[Fact]) -> None:
    day = 86_400_000_000
    assert any(one.start_at - one.start_from > 300 * day for one in facts)
    assert any(20 * day < one.start_at - one.start_from < 40 * day for one in facts)
    assert any(one.known_at - one.start_at > 20 * day for one in facts)


def test_nothing_is_known_after_the_last_day(record: Record, facts: list[Fact]) -> None:
    until = from_iso("2025-12-31", zone_named("Europe/Copenhagen"))
    assert max(one.known_at for one in facts) <= until
    assert record.newest_known_at is not None
    assert record.newest_known_at <= until


def test_a_centre_that_does_not_speak_for_procedures_declares_none(
    everybody: list[PatientRecord],
) -> None:
    silent = [one for one in everybody if one.person.centre_id == "oerekrog"]
    assert silent
    assert not any(span.domain == "procedure" for one in silent for span in one.observed)
    assert any(span.domain == "procedure" for one in everybody for span in one.observed)


def test_about_forty_facts_a_person(record: Record) -> None:
    few = open_record(record.path).manifest.counts
    assert 30 < few.fact / few.person < 55


def test_what_is_there_is_used_again(tmp_path: Path) -> None:
    first = prepare_nation(tmp_path, people=200, processes=1)
    again = prepare_nation(tmp_path, people=200, processes=1)
    other = prepare_nation(tmp_path, people=210, processes=1)
    assert [first.is_new, again.is_new, other.is_new] == [True, False, True]
    assert len(open_record(other.record)) == 210


def test_a_register_somebody_wrote_into_is_kept_when_another_nation_is_made(
    tmp_path: Path,
) -> None:
    prepare_nation(tmp_path, people=200)
    (tmp_path / "register.sqlite").write_bytes(b"somebody's")
    prepare_nation(tmp_path, people=210)
    assert (tmp_path / "register.before.sqlite").read_bytes() == b"somebody's"


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    place = tmp_path / "a file"
    place.write_text("in the way")
    with pytest.raises(OutputUnwritable):
        prepare_nation(place, people=10)
    assert place.read_text() == "in the way"


def test_without_the_extra_the_next_step_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "livedo.demo.nation.nation", None)
    with pytest.raises(PartMissing, match="extra registry"):
        prepare_nation(tmp_path / "nation", people=10)
