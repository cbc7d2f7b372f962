"""What was entered is kept, in order, and never overwritten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from livedo.decisions.entries import (
    Acknowledged,
    Area,
    Decision,
    Dismissed,
    Examination,
    Feedback,
    Override,
    Snoozed,
    standing,
)
from livedo.decisions.store import DecisionStore, open_store
from livedo.errors import EntryInvalid, LivedoError, StoreUnreadable
from livedo.instants import DAY
from tests.decisions.entered import NOON, PLAQUE, clear_round, entered, examined, plaque, undoing

EVERY_KIND = (
    Examination((PLAQUE, Area("sacrum", None, "declined"))),
    Acknowledged(("worklist/danger_now",)),
    Snoozed(NOON + 7 * DAY, "seen on Monday"),
    Dismissed(("danger/vka_without_review",), "agreed with cardiology", "valve of 2019"),
    Decision("decision.alternatives_excluded"),
    Override("risk/high_phosphate", "above", "1.9 mmol/L", "local target", "north"),
    Feedback("patient-view", "c1", "danger/drug_danger", "overridden", ("valve",), NOON),
)


def test_what_a_nurse_entered_is_there_after_a_restart(address: str) -> None:
    with open_store(address) as store:
        added = store.add([entered(f"e{n}", body) for n, body in enumerate(EVERY_KIND)])
    with open_store(address) as again:
        assert again.of_person("anemone") == added
        assert [entry.body for entry in added] == list(EVERY_KIND)


def test_entries_are_numbered_in_the_order_of_entering(store: DecisionStore) -> None:
    for n in range(3):
        store.add([entered(f"e{n}", person=f"p{n % 2}")])
    numbers = [entry.sequence for entry in store.since(0)]
    assert numbers == sorted(set(numbers))
    assert [entry.entry_id for entry in store.since(numbers[0])] == ["e1", "e2"]
    assert store.newest_sequence() == numbers[-1]
    assert [entry.entry_id for entry in store.of_person("p0")] == ["e0", "e2"]


def test_a_new_store_has_no_newest_entry(store: DecisionStore) -> None:
    assert store.newest_sequence() == 0
    assert store.since(0) == []


def test_a_tablet_that_heard_no_answer_can_ask_again(store: DecisionStore) -> None:
    first = store.add([entered("e1")])
    assert store.add([entered("e1")]) == first
    assert store.add([entered("e2"), entered("e2")])[0].sequence == store.newest_sequence()
    assert len(store.since(0)) == 2


def test_an_id_is_not_taken_for_another_entry(store: DecisionStore) -> None:
    store.add([entered("e1")])
    with pytest.raises(EntryInvalid):
        store.add([entered("e1", person="bellis")])


def test_all_entries_of_one_request_are_kept_or_none(store: DecisionStore) -> None:
    with pytest.raises(EntryInvalid):
        store.add([entered("e1"), undoing("e2", "never there")])
    assert store.since(0) == []


def test_entries_of_a_kind_come_with_what_undid_them(store: DecisionStore) -> None:
    override = entered("o1", EVERY_KIND[5], person=None)
    store.add([override, entered("e1"), undoing("u1", "o1", person=None)])
    found = store.of_kind("override")
    assert [entry.entry_id for entry in found] == ["o1", "u1"]
    assert standing(found) == []


# -- undoing -----------------------------------------------------------------------------


def test_undoing_sets_aside_and_keeps_both(store: DecisionStore) -> None:
    store.add([entered("e1"), entered("e2"), undoing("u1", "e1")])
    everything = store.of_person("anemone")
    assert [entry.entry_id for entry in everything] == ["e1", "e2", "u1"]
    assert [entry.entry_id for entry in standing(everything)] == ["e2"]


def test_an_undoing_can_be_undone(store: DecisionStore) -> None:
    store.add([entered("e1"), undoing("u1", "e1"), undoing("u2", "u1")])
    assert [entry.entry_id for entry in standing(store.since(0))] == ["e1"]


def test_nobody_undoes_an_entry_of_another_person(store: DecisionStore) -> None:
    store.add([entered("e1", person="bellis")])
    with pytest.raises(EntryInvalid):
        store.add([undoing("u1", "e1", person="anemone")])


# -- what cannot be kept -----------------------------------------------------------------

IMPOSSIBLE = {
    "no id": entered(""),
    "a line break in an id": entered("a\nb"),
    "half a character in an id": entered("\ud800"),
    "nobody examined": examined("x", PLAQUE, person=None),
    "no place": examined("x"),
    "a place that does not exist": examined("x", plaque(body_site="wing")),
    "a left sacrum": examined("x", Area("sacrum", "left", "clear")),
    "a sign that does not exist": examined("x", plaque(signs=("sign.horn",))),
    "a drug as a sign": examined("x", plaque(signs=("drug.warfarin",))),
    "a clear place with pain": examined("x", Area("thigh", "left", "clear", pain=0)),
    "a declined place with an ulcer": examined("x", Area("thigh", "left", "declined", ulcer="no")),
    "an ulcer that is none": examined("x", plaque(signs=("sign.ulcer",))),
    "pain 11": examined("x", plaque(pain=11)),
    "pain below none": examined("x", plaque(pain=-1)),
    "pain on an unknown scale": examined("x", plaque(pain_scale="faces")),
    "a lesion of no length": examined("x", plaque(seen_cm=(0, 0))),
    "a lesion longer than a person": examined("x", plaque(felt_cm=(151, 2))),
    "a lesion of no number": examined("x", plaque(felt_cm=(float("nan"), 2))),
    "a snooze without end": entered("x", Snoozed(NOON + 30 * DAY + 1)),
    "rules without end": entered("x", Acknowledged(("risk/vka",) * 1001)),
    "a snooze into the past": entered("x", Snoozed(NOON)),
    "a dismissal without a reason": entered("x", Dismissed(("risk/vka",), "")),
    "a comment without end": entered("x", Dismissed(("risk/vka",), "r", "a" * 2001)),
    "a comment that a database cuts off": entered("x", Dismissed(("risk/vka",), "a\0b")),
    "a decision that is a drug": entered("x", Decision("drug.warfarin")),
    "a decision that does not exist": entered("x", Decision("decision.horoscope")),
    "a time beyond all time": entered("x", at=2**62),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_is_impossible_is_refused_without_its_value(what: str, store: DecisionStore) -> None:
    with pytest.raises(EntryInvalid) as refused:
        store.add([entered("good"), IMPOSSIBLE[what]])
    assert not any(value in str(refused.value) for value in ("anemone", "wing", "horn", "151"))
    assert store.since(0) == []


def test_a_kind_and_its_body_must_agree(store: DecisionStore) -> None:
    entry = entered("e1")
    with pytest.raises(EntryInvalid):
        store.add(
            [
                type(entry)(
                    **{f: getattr(entry, f) for f in entry.__struct_fields__} | {"kind": "snoozed"}
                )
            ]
        )


def test_the_longest_snooze_and_the_largest_lesion_are_kept(store: DecisionStore) -> None:
    longest = entered("s", Snoozed(NOON + 30 * DAY))
    assert len(store.add([longest, examined("x", plaque(felt_cm=(150, 1), pain=10))])) == 2


# -- history -----------------------------------------------------------------------------

TAMPERING = (
    "UPDATE entry SET entered_by = 'somebody else'",
    "DELETE FROM entry",
    "DELETE FROM entry WHERE person_id = 'anemone'",
)


def tamper(address: str, *statements: str) -> None:
    """Runs statements on the database behind a store, past the store."""
    engine = sa.create_engine(address)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


@pytest.mark.parametrize("statement", TAMPERING)
def test_the_database_itself_refuses_to_change_history(statement: str, address: str) -> None:
    with open_store(address) as store:
        added = store.add([entered("e1")])
        with pytest.raises(sa.exc.DBAPIError):
            tamper(address, statement)
        assert store.since(0) == added


def test_no_entry_is_replaced_in_sqlite(address: str) -> None:
    columns = "sequence, entry_id, person_id, kind, entered_at, entered_by, body"
    statement = f"INSERT OR REPLACE INTO entry ({columns}) SELECT 1, 'e1', 'x', 'k', 1, 'y', '{{}}'"
    if not address.startswith("sqlite"):
        statement = "TRUNCATE entry CASCADE"
    with open_store(address) as store:
        added = store.add([entered("e1")])
        with pytest.raises(sa.exc.DBAPIError):
            tamper(address, statement)
        assert store.since(0) == added


def test_a_body_that_nobody_could_have_entered_is_not_guessed_at(address: str) -> None:
    with open_store(address) as store:
        store.add([entered("e1")])
        tamper(
            address,
            "INSERT INTO entry (entry_id, person_id, kind, entered_at, entered_by, body) "
            """VALUES ('e2', 'bellis', 'decision', 1, 'x', '{"kind":"decision","secret":"z"}')""",
        )
        with pytest.raises(StoreUnreadable) as refused:
            store.of_person("bellis")
        assert "secret" not in str(refused.value)
        assert len(store.of_person("anemone")) == 1


# -- erasure -----------------------------------------------------------------------------


def test_a_person_is_erased_and_that_it_was_done_is_kept(address: str) -> None:
    with open_store(address) as store:
        store.add([clear_round("e1"), undoing("u1", "e1"), entered("b1", person="bellis")])
        assert store.erasure_count() == 0
        assert store.erased_at("anemone") is None
        count = store.forget("anemone", by="D. Officer", reason="request 17", at=NOON + DAY)
        assert count == 2
        assert store.of_person("anemone") == []
        assert [entry.entry_id for entry in store.since(0)] == ["b1"]
        assert store.erasure_count() == 1
        assert store.erased_at("anemone") == NOON + DAY
        assert store.erased_at("bellis") is None
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM erasure").mappings()
        assert connection.exec_driver_sql("SELECT count(*) FROM erasing").scalar() == 0
    engine.dispose()
    told = (row["entries"], row["erased_by"], row["reason"], row["erased_at"])
    assert told == (2, "D. Officer", "request 17", NOON + DAY)
    assert "anemone" not in str(dict(row))


def test_the_book_of_erasures_is_never_changed(address: str) -> None:
    with open_store(address) as store:
        store.forget("anemone", by="D. Officer", reason="request", at=NOON)
        for statement in ("UPDATE erasure SET reason = ''", "DELETE FROM erasure"):
            with pytest.raises(sa.exc.DBAPIError):
                tamper(address, statement)
        assert store.erasure_count() == 1


def test_an_erasure_opens_the_way_for_its_person_only(address: str) -> None:
    with open_store(address) as store:
        store.add([entered("e1"), entered("b1", person="bellis")])
        with pytest.raises(sa.exc.DBAPIError):
            tamper(
                address,
                "INSERT INTO erasure (person_key, entries, erased_by, reason, erased_at) "
                "VALUES ('k', 1, 'x', 'y', 1)",
                "INSERT INTO erasing (person_id, erasure_id) VALUES ('bellis', 1)",
                "DELETE FROM entry WHERE person_id = 'anemone'",
            )
        assert len(store.since(0)) == 2


def test_no_word_of_an_erased_person_is_left_in_the_file(address: str) -> None:
    if not address.startswith("sqlite"):
        pytest.skip("the files of a server are the server's")
    with open_store(address) as store:
        store.add([entered("canary-entry", person="canary-person")])
        store.forget("canary-person", by="D. Officer", reason="request", at=NOON)
    from pathlib import Path

    file = Path(address.removeprefix("sqlite:///"))
    for path in file.parent.iterdir():
        assert b"canary" not in path.read_bytes()


def test_a_tablet_that_was_away_does_not_bring_an_erased_person_back(store: DecisionStore) -> None:
    store.add([entered("e1")])
    store.forget("anemone", by="D. Officer", reason="request", at=NOON + DAY)
    for again in (entered("e1"), entered("late", at=NOON + DAY)):
        with pytest.raises(EntryInvalid):
            store.add([again])
    assert store.add([entered("new", at=NOON + DAY + 1)])


# -- secrets and tokens ------------------------------------------------------------------


def test_a_secret_is_made_once_and_kept(address: str) -> None:
    with open_store(address) as store:
        link = store.secret("link")
        assert len(link) == 32
        assert link == store.secret("link") != store.secret("session")
    with open_store(address) as again:
        assert again.secret("link") == link


def test_threads_that_ask_together_get_one_secret(store: DecisionStore) -> None:
    start = threading.Barrier(4)

    def ask(_: int) -> bytes:
        start.wait()
        return store.secret("link")

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(ask, range(4)))) == 1


def test_a_token_is_used_once_and_that_survives_a_restart(address: str) -> None:
    with open_store(address) as store:
        assert store.use_token("digest", NOON)
        assert not store.use_token("digest", NOON)
    with open_store(address) as again:
        assert not again.use_token("digest", NOON)
        assert again.use_token("other", NOON)


def test_of_two_calls_with_one_token_exactly_one_wins(address: str) -> None:
    with open_store(address) as one, open_store(address) as other:
        for n in range(10):
            start = threading.Barrier(2)

            def use(
                store: DecisionStore, digest: str = f"t{n}", at: threading.Barrier = start
            ) -> bool:
                at.wait()
                return store.use_token(digest, NOON)

            with ThreadPoolExecutor(2) as threads:
                assert sorted(threads.map(use, (one, other))) == [False, True]


def test_expired_tokens_are_forgotten(address: str) -> None:
    with open_store(address) as store:
        for n in range(20):
            assert store.use_token(f"t{n}", NOON + n * DAY, now=NOON + n * DAY - 1)
            assert not store.use_token(f"t{n}", NOON + n * DAY, now=NOON + n * DAY)
        assert store.use_token("without a clock", NOON + 40 * DAY)
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM used_token").scalar() == 1
    engine.dispose()


# -- several at once ---------------------------------------------------------------------


def test_nobody_who_reads_on_misses_an_entry(address: str) -> None:
    writers, each = 4, 15
    seen: list[int] = []
    with open_store(address) as store, open_store(address) as reader:

        def write(writer: int) -> None:
            for n in range(each):
                store.add([entered(f"w{writer}-{n}")])

        with ThreadPoolExecutor(writers) as threads:
            done = [threads.submit(write, writer) for writer in range(writers)]
            while len(seen) < writers * each:
                seen += [entry.sequence for entry in reader.since(seen[-1] if seen else 0)]
                if all(one.done() for one in done) and len(seen) < writers * each:
                    seen += [e.sequence for e in reader.since(seen[-1] if seen else 0)]
                    break
            for one in done:
                one.result()
        assert seen == [entry.sequence for entry in reader.since(0)]
    assert len(seen) == writers * each


def test_opening_and_closing_leaves_no_file_open(new_address: Callable[[], str]) -> None:
    import os
    from pathlib import Path

    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("needs /proc")
    address = new_address()
    open_store(address).close()
    before = len(os.listdir(descriptors))
    for n in range(50):
        with open_store(address) as store:
            store.add([entered(f"e{n}")])
    assert len(os.listdir(descriptors)) == before


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://me:canary@host/db",
        "postgresql://h/d",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(LivedoError) as refused:
        open_store(address)
    assert "canary" not in str(refused.value)
