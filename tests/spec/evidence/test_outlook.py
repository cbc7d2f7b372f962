"""What could still change"""

from livedo.assess.outlook import deciding_unknowns
from livedo.instants import iso
from livedo.knowledge.invented import patient_from_case
from livedo.knowledge.vocabulary import load_vocabulary
from tests.spec.example import AS_OF, case_of, engine_of, judge

STATES = {
    "state/ulcerated": "{recent: sign.ulcer, within_days: 30}",
    "state/lesion": "{recent: sign.livedo, within_days: 30}",
    "state/at_risk": "active: condition.diabetes",
}


def unknowns_of(patient):
    judgement = judge(STATES, case_of(patient, (), AS_OF, {}))
    return [
        (one.concept, one.why, one.would_change) for one in deciding_unknowns(judgement, STATES)
    ]


def test_deciding_unknowns(spec):
    """Of all that is unknown about a person, only what could raise the state is asked for. With
    livedo seen and ulcers not looked for, that is the ulcers; whether there is diabetes no longer
    matters."""
    assert unknowns_of("concept | on\nsign.livedo | 2026-11-10") == [
        ("sign.ulcer", "never_measured", "state/ulcerated")
    ]
    assert unknowns_of("concept | on\nsign.ulcer | 2026-11-10") == []


def good_until(rule, patient, observed=(), **person):
    record, as_of = patient_from_case(case_of(patient, observed, AS_OF, person), load_vocabulary())
    moment = engine_of({"risk/asked": rule}).good_until(record, as_of)
    return None if moment is None else iso(moment)


def test_good_until(spec):
    """An answer holds until time alone could change it: when a result leaves its window, an
    observed span ends, or a birthday comes."""
    phosphate = "{latest: lab.phosphate, within_days: 90, above: 5.5 mg/dL}"
    measured = "concept | on | value\nlab.phosphate | 2026-11-10T08:00:00Z | 2.4 mmol/L"
    assert good_until(phosphate, measured) == "2027-02-08T08:00:00Z"
    spans = ["drug 2026-01-01..2026-11-30"]
    assert good_until("active: drug.warfarin", "", spans) == "2026-12-01T00:00:00Z"
    age = "{person: age, at_least: 65 years}"
    assert good_until(age, "", born="1962-03-01T00:00:00Z") == "2027-03-01T00:00:00Z"
    assert good_until("active: drug.warfarin", "") is None
