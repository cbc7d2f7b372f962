"""Forms that repeat: which lesion, drug, result or test of the record is which instance."""

from __future__ import annotations

from tests.registry.reported import (
    always,
    fact,
    form_of,
    livedo,
    record,
    refs,
    removed,
    report,
)

# -- lesions -----------------------------------------------------------------------------------


def test_each_lesion_has_its_place_and_the_class_of_its_place() -> None:
    sites = {"thigh": "proximal", "lower_leg": "distal", "penis": "penile", "scalp": "other"}
    facts = [livedo(f"2026-03-0{n}", site, None) for n, site in enumerate(sites, start=1)]
    form = form_of(record(*facts))
    found = {
        form.text("lesion", "body_site", n): form.text("lesion", "site_class", n)
        for n in form.instances("lesion")
    }
    assert found == sites


def test_findings_of_one_lesion_id_are_one_lesion_and_findings_at_its_place_belong_to_it() -> None:
    first = fact("sign.plaque", "2026-03-01", body_site="thigh", side="left", lesion_id="a")
    second = fact("sign.ulcer", "2026-04-01", body_site="thigh", side="left")
    other = fact("sign.livedo", "2026-04-02", body_site="thigh", side="right")
    form = form_of(record(first, second, other))
    assert form.instances("lesion") == [1, 2]
    assert form.text("lesion", "is_ulcerated", 1) == "yes"
    assert form.text("lesion", "ulcer_on", 1) == "2026-04-01"
    assert form.text("lesion", "has_plaque", 1) == "yes"
    assert form.value("lesion", "is_ulcerated", 2) is None


def test_an_ulcer_with_another_named_cause_is_no_lesion_of_the_register() -> None:
    ulcer = fact("sign.ulcer", "2026-03-01", body_site="lower_leg", side="right")
    assert form_of(record(ulcer)).instances("lesion") == [1]
    named = fact("condition.venous_ulcer", "2026-03-05", None)
    assert form_of(record(ulcer, named)).instances("lesion") == []


def test_what_came_back_after_a_clear_look_is_another_lesion() -> None:
    old, new = livedo("2024-03-01"), livedo("2026-03-01")
    assert form_of(record(old, new)).text("lesion", "first_seen_on") == "2024-03-01"
    look = fact("sign.lesion", "2025-06-01", present="no", body_site="thigh", side="left")
    form = form_of(record(old, look, new))
    assert form.instances("lesion") == [1, 2]
    assert form.text("lesion", "first_seen_on", 2) == "2026-03-01"
    elsewhere = fact("sign.lesion", "2025-06-01", present="no", body_site="thigh", side="right")
    assert form_of(record(old, elsewhere, new)).instances("lesion") == [1]
    whole = fact("sign.lesion", "2025-06-01", present="no")
    assert form_of(record(old, whole, new)).instances("lesion") == [1, 2]


def test_an_old_finding_does_not_join_a_named_lesion_across_a_clear_look() -> None:
    old, new = livedo("2024-03-01"), livedo("2026-03-01", lesion_id="a")
    look = fact("sign.lesion", "2025-06-01", present="no", body_site="thigh", side="left")
    assert form_of(record(old, new)).instances("lesion") == [1]
    form = form_of(record(old, look, new))
    assert [form.text("lesion", "first_seen_on", n) for n in (1, 2)] == ["2024-03-01", "2026-03-01"]


def test_old_oedema_of_a_leg_is_not_the_beginning_of_a_lesion_there() -> None:
    oedema = fact("sign.oedema", "2020-01-01", body_site="thigh", side="left")
    redness = fact("sign.erythema", "2026-02-20", body_site="thigh", side="left")
    form = form_of(record(oedema, redness, livedo("2026-03-01")))
    assert form.text("lesion", "first_seen_on") == "2026-02-20"
    assert form.text("case", "first_symptom_on") == "2026-02-20"


def test_not_ulcerated_is_said_only_where_somebody_looked() -> None:
    plaque = fact("sign.plaque", "2026-03-01", body_site="thigh", side="left", lesion_id="a")
    looked = fact(
        "sign.ulcer", "2026-03-01", present="no", body_site="thigh", side="left", lesion_id="a"
    )
    assert form_of(record(plaque)).value("lesion", "is_ulcerated") is None
    value = form_of(record(plaque, looked)).value("lesion", "is_ulcerated")
    assert value is not None
    assert (value.text, value.sources) == ("no", refs(looked))


def test_a_wound_that_opened_again_is_not_healed() -> None:
    place = {"body_site": "thigh", "side": "left", "lesion_id": "a"}
    ulcer = fact("sign.ulcer", "2026-03-01", **place)
    plaque = fact("sign.plaque", "2026-02-01", **place)
    healed = fact("wound.healed", "2026-06-01", **place)
    form = form_of(record(plaque, ulcer, healed))
    assert form.text("lesion", "healed_on") == "2026-06-01"
    assert form.text("outcome", "healed_on") == "2026-06-01"
    again = fact("sign.ulcer", "2026-07-01", **place)
    form = form_of(record(plaque, ulcer, healed, again))
    assert form.value("lesion", "healed_on") is None
    assert form.value("outcome", "healed_on") is None


def test_all_is_healed_only_when_every_lesion_is() -> None:
    one = livedo("2026-02-01", lesion_id="a")
    healed = fact("wound.healed", "2026-06-01", body_site="thigh", side="left", lesion_id="a")
    other = livedo("2026-02-01", "buttock", lesion_id="b")
    assert form_of(record(one, healed, other)).value("outcome", "healed_on") is None
    without = form_of(record(one, healed, other), removed("lesion", 2))
    assert without.text("outcome", "healed_on") == "2026-06-01"


def test_what_was_entered_about_a_lesion_stays_with_it_when_the_record_learns_of_another() -> None:
    thigh = livedo("2026-03-01")
    told = report("lesion", on="2026-04-01", is_ulcerated="yes", ulcer_on="2026-04-01")
    # It is older, but nobody knew of it when the nurse wrote.
    earlier = livedo("2026-01-01", "buttock", known="2026-05-01")
    form = form_of(record(thigh, earlier), told)
    assert form.text("lesion", "body_site", 1) == "thigh"
    assert form.text("lesion", "is_ulcerated", 1) == "yes"
    assert form.text("lesion", "body_site", 2) == "buttock"


def test_a_lesion_entered_by_hand_keeps_its_number_when_the_record_learns_of_one() -> None:
    by_hand = report("lesion", on="2026-02-01", body_site="penis", first_seen_on="2026-01")
    form = form_of(record(livedo("2026-03-01")), by_hand)
    assert form.text("lesion", "body_site", 1) == "penis"
    assert form.text("lesion", "body_site", 2) == "thigh"


def test_an_entered_key_ties_a_lesion_whatever_was_known_when() -> None:
    told = report("lesion", 5, on="2026-02-01", record_key="thigh/left", is_infected="yes")
    form = form_of(record(livedo("2026-03-01"), livedo("2026-03-02", "buttock")), told)
    assert form.instances("lesion") == [1, 5]
    assert form.text("lesion", "body_site", 5) == "thigh"
    assert form.text("lesion", "is_infected", 5) == "yes"
    assert form.text("lesion", "body_site", 1) == "buttock"


def test_a_removed_lesion_is_gone_until_somebody_takes_it_up_again() -> None:
    person = record(livedo("2026-03-01"))
    wrong = report("lesion", is_infected="yes")
    form = form_of(person, wrong, removed("lesion", 1))
    assert form.instances("lesion") == []
    assert form.next_instance("lesion") == 2
    again = report("lesion", on="2026-11-05", has_eschar="no")
    form = form_of(person, wrong, removed("lesion", 1), again)
    assert form.instances("lesion") == [1]
    assert form.text("lesion", "body_site") == "thigh"
    assert form.value("lesion", "is_infected") is None


def test_the_class_follows_a_body_site_that_somebody_corrected() -> None:
    person = record(livedo("2026-03-01"))
    form = form_of(person, report("lesion", body_site="lower_leg"))
    value = form.value("lesion", "site_class")
    assert value is not None
    assert (value.text, value.record_says, value.origin) == ("distal", "proximal", "entered")
    form = form_of(person, report("lesion", body_site="unknown"))
    assert form.value("lesion", "site_class") is None
    form = form_of(person, report("lesion", body_site="lower_leg", site_class="other"))
    assert form.text("lesion", "site_class") == "other"
    by_hand = form_of(record(), report("lesion", body_site="penis"))
    assert by_hand.text("lesion", "site_class") == "penile"


# -- drugs -------------------------------------------------------------------------------------


def test_a_course_of_warfarin_has_its_start_and_its_stop() -> None:
    course = fact("drug.warfarin", "2024-02-01", "2026-03-20", route="oral")
    form = form_of(record(course))
    values = {field: value.text for field, value in form.values("drug").items()}
    assert values == {
        "record_key": refs(course)[0],
        "drug_class": "vka",
        "substance": "drug.warfarin",
        "start_on": "2024-02-01",
        "is_ongoing": "no",
        "stop_on": "2026-03-20",
        "route": "oral",
    }


def test_a_stop_that_is_still_to_come_is_not_yet_known() -> None:
    course = fact("drug.warfarin", "2024-02-01", "2026-12-24", known="2024-02-01")
    form = form_of(record(course))
    assert form.text("drug", "is_ongoing") == "yes"
    assert form.value("drug", "stop_on") is None


def test_prescriptions_without_a_gap_are_one_course_and_with_a_gap_two() -> None:
    first = fact("drug.warfarin", "2024-01-01", "2024-03-31", dose_per_day=2.5, dose_unit="mg")
    second = fact("drug.warfarin", "2024-04-01", "2024-06-30", dose_per_day=5.0, dose_unit="mg")
    third = fact("drug.warfarin", "2025-01-01", None)
    form = form_of(record(first, second, third))
    assert form.instances("drug") == [1, 2]
    assert form.text("drug", "start_on", 1) == "2024-01-01"
    assert form.text("drug", "stop_on", 1) == "2024-06-30"
    assert form.text("drug", "dose_per_day", 1) == "5"
    assert form.text("drug", "start_on", 2) == "2025-01-01"


def test_a_class_that_the_form_does_not_ask_about_is_left_out() -> None:
    statin = fact("drug.atorvastatin", "2024-01-01", None)
    lock = fact("drug.heparin_lock", "2024-01-01", None)
    assert form_of(record(statin, lock)).instances("drug") == []


def test_a_drug_only_considered_or_drafted_is_none() -> None:
    draft = fact("drug.warfarin", "2026-11-19", None, status="draft")
    assert form_of(record(draft)).instances("drug") == []


def test_a_drug_stopped_nobody_knows_when_is_neither_ongoing_nor_dated() -> None:
    course = fact("drug.warfarin", "2023-01-01", "2026-05-01")
    loose = type(course)(
        **{f: getattr(course, f) for f in course.__struct_fields__}
        | {"end_from": course.start_at, "fact_id": 10**9}
    )
    form = form_of(record(loose))
    assert form.text("drug", "is_ongoing") == "no"
    assert form.value("drug", "stop_on") is None


# -- results -----------------------------------------------------------------------------------


def test_the_last_phosphate_before_the_first_sign_and_the_newest_are_told() -> None:
    labs = [
        fact("lab.phosphate", day, number=number)
        for day, number in (("2026-01-05", 1.6), ("2026-02-05", 1.7), ("2026-09-05", 2.1))
    ]
    form = form_of(record(livedo("2026-03-01"), *labs))
    told = {
        form.text("lab", "moment", n): form.text("lab", "value", n) for n in form.instances("lab")
    }
    assert told == {"first_sign": "1.7", "newest": "2.1"}
    diagnosed = report("case", diagnosed_on="2026-02-20")
    form = form_of(record(livedo("2026-03-01"), *labs), diagnosed)
    moments = [form.text("lab", "moment", n) for n in form.instances("lab")]
    assert moments == ["first_sign", "diagnosis", "newest"]


def test_the_number_of_a_result_does_not_move_when_others_come_to_be_known() -> None:
    pth = fact("lab.pth_intact", "2026-01-05", number=40.0, ref_high=6.9)
    alone = form_of(record(pth))
    (number,) = alone.instances("lab")
    more = form_of(record(pth, fact("lab.calcium_total", "2026-01-05", number=2.4)))
    assert more.text("lab", "analyte", number) == "pth"
    assert more.text("lab", "upper_limit", number) == "6.9"


def test_a_result_over_the_range_of_the_assay_is_told_as_a_limit() -> None:
    high = fact("lab.pth_intact", "2026-01-05", low=265.1)
    form = form_of(record(high))
    (number,) = form.instances("lab")
    assert form.text("lab", "value", number) == "265.1"
    assert form.text("lab", "bound", number) == "above"
    assert form.text("lab", "unit", number) == "pmol/L"


def test_weight_is_told_once_a_quarter() -> None:
    weights = [
        fact("body.weight", day, number=number)
        for day, number in (("2026-01-05", 80.0), ("2026-03-30", 77.5), ("2026-04-02", 77.0))
    ]
    form = form_of(record(*weights))
    assert [form.text("weight", "value", n) for n in form.instances("weight")] == ["77.5", "77"]


def test_the_two_pain_scales_are_two_series() -> None:
    numeric = fact("body.pain_nrs", "2026-05-01", number=8)
    visual = fact("body.pain_vas", "2026-05-01", number=70)
    opioid = fact("drug.oxycodone", "2026-04-01", None)
    form = form_of(record(numeric, visual, opioid))
    told = {
        form.text("pain", "scale", n): form.text("pain", "value", n) for n in form.instances("pain")
    }
    assert told == {"nrs": "8", "vas": "70"}
    assert all(form.text("pain", "analgesic", n) == "opioid" for n in form.instances("pain"))


# -- tests -------------------------------------------------------------------------------------


def test_a_biopsy_is_told_with_its_place_and_its_finding() -> None:
    done = fact("procedure.skin_biopsy", "2026-04-10", body_site="thigh", side="left")
    found = fact("histology.media_calcification", "2026-04-10")
    form = form_of(record(done, found))
    assert form.instances("test") == [1]
    values = {field: value.text for field, value in form.values("test").items()}
    assert values["kind"] == "skin_biopsy"
    assert values["result"] == "positive"
    assert values["body_site"] == "thigh"
    assert "complication" not in values


def test_a_biopsy_of_which_nothing_is_known_has_no_result() -> None:
    done = fact("procedure.skin_biopsy", "2026-04-10")
    assert form_of(record(done)).value("test", "result") is None
    nothing = fact("histology.media_calcification", "2026-04-10", present="no")
    assert form_of(record(done, nothing)).text("test", "result") == "negative"


def test_a_test_that_was_not_done_is_none() -> None:
    declined = fact("procedure.skin_biopsy", "2026-04-10", present="no")
    assert form_of(record(declined, observed=[always("procedure")])).instances("test") == []


def test_a_negative_bone_scan_is_a_test_with_its_result() -> None:
    scan = fact("imaging.bone_scan_uptake", "2026-04-10", present="no")
    form = form_of(record(scan))
    assert form.text("test", "kind") == "bone_scan"
    assert form.text("test", "result") == "negative"
