"""A biopsy read item by item."""

from __future__ import annotations

from livedo.act.explanation import explain
from livedo.act.histology import load_reading
from livedo.act.parts import HistologyReading
from tests.act.people import ON_DIALYSIS, PAIN, PLAQUE, as_of, engine, patient

DAY = "2026-11-10"
BIOPSY = {"concept": "procedure.skin_biopsy", "on": DAY}


def found(name: str, present: str = "yes") -> dict[str, str]:
    return {"concept": f"histology.{name}", "present": present, "on": DAY}


def reading(*facts: dict[str, str]) -> HistologyReading:
    read = explain(patient("A", ON_DIALYSIS, BIOPSY, *facts), engine(), as_of()).histology
    assert read is not None
    return read


def test_every_rule_of_the_reading_exists() -> None:
    plan = load_reading()
    named = {item.rule for item in (*plan.items, *plan.resembles)}
    named |= {rule for verdict in plan.verdicts for rule in verdict.rules}
    assert named | {plan.adequate, plan.nodule_link} <= set(engine().knowledge.rules)


def test_without_a_biopsy_there_is_nothing_to_read() -> None:
    assert explain(patient("A", ON_DIALYSIS), engine(), as_of()).histology is None


def test_a_silent_report_is_not_enough_and_every_item_is_unknown() -> None:
    read = reading()
    assert read.verdict == "not_enough"
    assert {item.status for item in read.items} == {"unknown"}
    assert "does not exclude" in read.adequacy


def test_calcium_with_thrombus_is_typical_and_the_note_says_it_does_not_confirm() -> None:
    read = reading(found("media_calcification"), found("thrombus"))
    assert read.verdict == "typical"
    assert "never confirms" in read.note


def test_calcium_alone_looks_like_moenckeberg_only_when_the_rest_is_reported_absent() -> None:
    silent = reading(found("media_calcification"))
    assert (silent.verdict, silent.resembles) == ("compatible", ())
    said = (found("intimal_proliferation", "no"), found("thrombus", "no"))
    assert "Moenckeberg" in reading(found("media_calcification"), *said).resembles[0]


def test_calcium_between_cells_with_a_free_media_looks_metastatic() -> None:
    read = reading(found("extravascular_calcium"), found("media_calcification", "no"))
    assert "Metastatic" in read.resembles[0]


def test_an_inflamed_wall_speaks_for_vasculitis_and_giant_cells_do_not() -> None:
    assert reading(found("vessel_wall_inflammation")).verdict == "against"
    assert reading(found("giant_cells")).resembles == ()


def test_an_adequate_negative_sample_lowers_and_a_shallow_one_says_nothing() -> None:
    negative = (found("media_calcification", "no"), found("thrombus", "no"))
    assert "never excludes" in reading(found("adequate_deep_sample"), *negative).text
    assert reading(found("subcutis_present", "no"), *negative).verdict == "not_enough"


def test_fat_necrosis_is_tied_to_the_nodules_felt() -> None:
    nodule = {"concept": "sign.subcutaneous_nodule", "on": DAY, "body_site": "thigh"}
    assert "nodules" in reading(found("fat_necrosis"), nodule).note


EARLIER = "2026-09-01"


def test_calcium_of_one_biopsy_and_thrombus_of_another_never_read_typical_together() -> None:
    calcium = {**found("media_calcification"), "on": EARLIER}
    read = reading(calcium, found("thrombus"), found("subcutis_present"))
    statuses = {item.id: item.status for item in read.items}
    assert read.verdict == "compatible"
    assert (statuses["thrombus"], statuses["media_calcification"]) == ("yes", "unknown")
    assert "Another sample" in read.note


def test_two_biopsies_of_one_day_are_told_apart_by_their_place() -> None:
    thigh = {**found("media_calcification"), "body_site": "thigh"}
    belly = {**found("thrombus"), "body_site": "abdomen"}
    assert reading(thigh, belly).verdict == "compatible"
    same = {**belly, "body_site": "thigh"}
    assert reading(thigh, same).verdict == "typical"


def test_subcutis_of_an_older_biopsy_does_not_make_the_newest_adequate() -> None:
    older = {**found("subcutis_present"), "on": EARLIER}
    assert reading(older, found("thrombus", "no")).is_adequate == "unknown"


def test_changes_of_two_biopsies_confirm_nothing() -> None:
    facts = (found("subcutis_present"), found("thrombus"))
    calcium = {**found("media_calcification"), "on": EARLIER}
    apart = explain(patient("A", ON_DIALYSIS, PLAQUE, PAIN, calcium, *facts), engine(), as_of())
    together = (found("media_calcification"), *facts)
    one = explain(patient("A", ON_DIALYSIS, PLAQUE, PAIN, *together), engine(), as_of())
    assert [line.level for line in one.certainty if line.is_ours] == ["confirmed"]
    assert "confirmed" not in [line.level for line in apart.certainty]
