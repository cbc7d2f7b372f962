"""Every source of calcium side by side; a sum only among oral salts that are all known."""

from __future__ import annotations

from livedo.act.calcium_load import load_calcium
from livedo.knowledge.load import load_knowledge
from livedo.record.tables import PatientRecord
from tests.act.care_of import calcium_of, plan_of, written_as
from tests.act.people import AS_OF, ON_DIALYSIS, patient

CARBONATE = {"concept": "drug.calcium_carbonate", "from": "2025-01-10", "dose": "2500 mg/d"}
ACETATE = {"concept": "drug.calcium_acetate", "from": "2025-03-01", "dose": "2001 mg/d"}
BATH = {"concept": "dialysate.calcium", "value": "1.75 mmol/L", "on": "2026-11-10"}
CALCITRIOL = {"concept": "drug.calcitriol", "from": "2026-01-01", "dose": "0.25 ug/d"}


def named_as_salt(*facts: dict[str, str]) -> PatientRecord:
    person = patient("P", ON_DIALYSIS, *facts)
    person = written_as(person, "drug.calcium_carbonate", original="Calciumcarbonat 1250 mg")
    return written_as(person, "drug.calcium_acetate", original="calcium acetate 667 mg tablet")


def test_a_strength_named_as_salt_gives_its_elemental_calcium() -> None:
    source = calcium_of(named_as_salt(CARBONATE)).sources[0]
    assert source.amount == "2500 mg a day; 1000 mg elemental calcium a day"
    assert source.is_known
    assert source.since == "Jan 2025"


def test_a_dose_that_may_be_salt_or_calcium_is_shown_in_both_readings_and_not_summed() -> None:
    load = calcium_of(patient("P", ON_DIALYSIS, CARBONATE))
    assert "not known which" in load.sources[0].amount
    assert not load.sources[0].is_known
    assert load.oral_total == ""


def test_a_record_that_names_both_salt_and_calcium_is_not_read_as_either() -> None:
    person = written_as(
        named_as_salt(CARBONATE),
        "drug.calcium_carbonate",
        original="calcium carbonate 1250 mg (500 mg elemental calcium)",
    )
    assert not calcium_of(person).sources[0].is_known


def test_two_known_salts_are_summed_and_neither_dialysate_nor_vitamin_d_is_in_the_sum() -> None:
    load = calcium_of(named_as_salt(CARBONATE, ACETATE, BATH, CALCITRIOL))
    assert "1506 mg elemental calcium a day" in load.oral_total
    assert [source.kind for source in load.sources] == ["oral", "oral", "vitamin_d", "dialysate"]
    assert load.sources[-1].amount.startswith("1.75 mmol/L")


def test_one_salt_without_a_dose_leaves_no_sum() -> None:
    without = {key: value for key, value in ACETATE.items() if key != "dose"}
    load = calcium_of(named_as_salt(CARBONATE, without))
    assert "dose unknown" in [source.amount for source in load.sources]
    assert load.oral_total == ""


def test_the_same_salt_written_twice_is_not_counted_twice() -> None:
    assert (
        calcium_of(named_as_salt(CARBONATE, {**CARBONATE, "from": "2025-02-01"})).oral_total == ""
    )


def test_a_salt_that_may_have_been_stopped_is_shown_as_unknown_not_dropped() -> None:
    until = f"before {AS_OF[:4]}-12-31"
    load = calcium_of(named_as_salt({**CARBONATE, "until": until}))
    assert "whether still in use is not known" in load.sources[0].amount
    assert load.oral_total == ""


def test_a_stopped_salt_is_no_source() -> None:
    load = calcium_of(named_as_salt({**CARBONATE, "until": "2026-06-01"}))
    assert [source.kind for source in load.sources] == ["dialysate"]


def test_a_mixed_product_and_native_vitamin_d_are_other_sources() -> None:
    mixed = {"concept": "drug.calcium_vitamin_d", "from": "2026-01-01"}
    native = {"concept": "drug.colecalciferol", "from": "2026-01-01"}
    load = calcium_of(patient("P", ON_DIALYSIS, mixed, native))
    assert [source.kind for source in load.sources[:2]] == ["other", "other"]
    assert {source.amount for source in load.sources[:2]} == {"dose unknown"}
    assert load.oral_total == ""


def test_calcium_into_a_vein_is_not_an_oral_salt() -> None:
    load = calcium_of(named_as_salt({**CARBONATE, "route": "intravenous"}))
    assert load.sources[0].kind == "other"
    assert load.oral_total == ""


def test_an_old_dialysate_is_told_as_too_old_and_a_missing_one_as_not_recorded() -> None:
    old = calcium_of(patient("P", ON_DIALYSIS, {**BATH, "on": "2026-04-01"})).sources[0]
    assert "too old" in old.amount
    assert not old.is_known
    missing = calcium_of(patient("P", ON_DIALYSIS)).sources[0]
    assert missing.amount == "not recorded"
    assert not missing.is_known


def test_a_source_brings_the_calcium_free_alternative_and_high_calcium_makes_it_due() -> None:
    calm = calcium_of(named_as_salt(CARBONATE))
    high = {"concept": "lab.calcium_total", "value": "2.80 mmol/L", "on": "2026-11-10"}
    due = calcium_of(named_as_salt(CARBONATE, high))
    assert "Calcium-free" in calm.alternative
    assert "discuss now" not in calm.alternative
    assert "discuss now" in due.alternative
    assert "prev.non-calcium" in due.claims


def test_unknown_drugs_are_never_told_as_no_source() -> None:
    nobody_knows = calcium_of(patient("P", observed=()))
    assert nobody_knows.sources == ()
    assert "there may be one" in nobody_knows.text


def test_every_source_carries_its_fact() -> None:
    load = calcium_of(named_as_salt(CARBONATE, BATH, CALCITRIOL))
    assert all(source.evidence for source in load.sources)


def test_the_dead_are_not_reviewed() -> None:
    assert plan_of(patient("P", ON_DIALYSIS, CARBONATE, died="2026-11-01")).calcium_load is None


def test_the_shares_and_the_labelled_strengths_are_those_of_the_named_threshold() -> None:
    part, knowledge = load_calcium(), load_knowledge()
    table = knowledge.thresholds[part.threshold_from].value
    assert table is not None
    shares = {name.replace("tri", ""): share for name, share in table.si.items()}
    for concept, salt in part.salts.items():
        name = concept.removeprefix("drug.").replace("_", " ")
        assert any(k.startswith(name) and v == salt.fraction for k, v in shares.items()), concept
        for strength in salt.strengths:
            assert f"{name} {strength} mg" in table.conventional


def test_every_drug_and_rule_of_the_list_exists() -> None:
    part, knowledge = load_calcium(), load_knowledge()
    concepts = knowledge.vocabulary.concepts
    named = [id for group in part.groups for id in group.concepts]
    assert {*named, *part.salts, *part.alternative.drugs, part.dialysate.concept} <= set(concepts)
    rules = {part.any_source, part.alternative.rule, part.dialysate.expected_when}
    assert rules <= set(knowledge.rules)
    assert {*part.because, *part.evidence} <= set(knowledge.claims)
