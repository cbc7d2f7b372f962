"""The same resource twice: a duplicate, or a newer version."""

from __future__ import annotations

import msgspec

from tests.intake.made import about, condition, facts, patient, quantity, result, settled


def test_the_same_resource_again_is_a_duplicate() -> None:
    found = settled(patient(), result(1.8, "mmol/L"), result(1.8, "mmol/L"), patient())
    assert found.ledger.reasons() == {"duplicate": 2}
    assert len(found.patients[0].facts) == 1


def test_the_same_resource_written_with_other_spaces_is_a_duplicate() -> None:
    spaced = msgspec.json.format(msgspec.json.encode(result(1.8, "mmol/L")), indent=2)
    found = settled(patient(), result(1.8, "mmol/L"), spaced)
    assert found.ledger.reasons() == {"duplicate": 1}


def changed(value: float, **meta: str) -> dict[str, object]:
    return result(value, "mmol/L", meta=meta) if meta else result(value, "mmol/L")


def test_the_version_last_changed_wins_whatever_the_order() -> None:
    old = changed(1.7, lastUpdated="2026-03-02T12:00:00Z")
    new = changed(1.9, lastUpdated="2026-03-05T12:00:00Z")
    for several in ((old, new), (new, old)):
        assert [fact.low for fact in facts(*several)] == [1.9]


def test_the_higher_version_number_wins() -> None:
    assert [f.low for f in facts(changed(1.9, versionId="10"), changed(1.7, versionId="9"))] == [
        1.9
    ]


def test_without_a_version_the_last_one_read_wins() -> None:
    found = settled(patient(), changed(1.7), changed(1.9))
    assert [fact.low for fact in found.patients[0].facts] == [1.9]
    assert found.ledger.reasons() == {"superseded": 1}


def test_a_result_withdrawn_by_a_newer_version_is_gone() -> None:
    withdrawn = result(1.8, "mmol/L", status="entered-in-error")
    found = settled(patient(), result(1.8, "mmol/L"), withdrawn)
    assert found.patients[0].facts == ()
    assert found.ledger.reasons() == {"entered_in_error": 1, "superseded": 1}


def test_a_result_moved_to_the_right_person_leaves_the_wrong_one() -> None:
    wrong = condition(subject=about("ida"), meta={"versionId": "1"})
    right = condition(meta={"versionId": "2"})
    found = settled(patient(), patient("ida"), wrong, right)
    assert {p.person.person_id: len(p.facts) for p in found.patients} == {"eva": 1, "ida": 0}


def test_every_part_of_an_older_version_is_superseded() -> None:
    parts = [
        {"code": result(1, "mmol/L")["code"], "valueQuantity": quantity(1.8, "mmol/L")},
        {"code": result(1, "mmol/L")["code"], "valueQuantity": quantity(1.9, "mmol/L")},
    ]
    old = result(1.7, "mmol/L", component=parts)
    found = settled(patient(), old, result(1.9, "mmol/L"))
    assert found.ledger.reasons() == {"superseded": 3}
    assert found.totals.items_in == 5


def test_the_same_id_of_another_kind_of_resource_is_another_resource() -> None:
    found = settled(patient(), result(1.8, "mmol/L", id="x"), condition(id="x"))
    assert len(found.patients[0].facts) == 2
