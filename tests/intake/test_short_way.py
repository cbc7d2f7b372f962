"""Plain results take a shorter way through the reader; it must lead to the same place."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livedo.sources.fhir_types import Observation
from livedo.sources.intake import ResultRow
from livedo.sources.memory import Settled
from livedo.sources.plain_results import PlainResults
from tests.intake.generated import LINES, OBSERVATIONS
from tests.intake.made import LOINC, OURS, coded, patient, result, settled, term

EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "interpretation": st.just([term("v3-ObservationInterpretation", "H")]),
        "referenceRange": st.just([{"low": {"value": 2.5}, "high": {"value": 4.5}}]),
        "identifier": st.just([{"system": "urn:livedo:lesion", "value": "x"}]),
        "focus": st.just([{"reference": "BodyStructure/y"}]),
        "meta": st.sampled_from([{"versionId": "3"}, {"lastUpdated": "2026-03-02"}]),
        "effectiveDateTime": st.sampled_from(["2026-03", None]),
        "effectivePeriod": st.just({"start": "2026-03-01", "end": "2026-03-02"}),
        "status": st.sampled_from(["preliminary", "cancelled", "amended"]),
    },
)
PLAIN = st.builds(
    lambda value, unit, code, extras: result(value, unit, code) | extras,
    st.sampled_from([1.8, 5.5, 0, 2500]),
    st.sampled_from(["mmol/L", "mg/dL", "pg/mL"]),
    st.sampled_from([coded(LOINC, "2777-1"), coded(LOINC, "2731-8"), coded(OURS, "sign.ulcer")]),
    EXTRAS,
)


def outcome(found: Settled) -> tuple[object, ...]:
    return found.patients, found.totals, list(found.ledger.sorted_lines()), found.newest_known_at


def the_long_way(*resources: object) -> Settled:
    with patch.object(PlainResults, "_row", lambda self, raw, observation: None):
        return settled(*resources)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(st.lists(PLAIN, max_size=4))
def test_plain_results_come_out_the_same(several: list[dict[str, object]]) -> None:
    several = [one | {"id": f"o{n}"} for n, one in enumerate(several)]
    assert outcome(settled(patient(), *several)) == outcome(the_long_way(patient(), *several))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(OBSERVATIONS, max_size=4), LINES)
def test_careless_results_come_out_the_same(
    observations: list[dict[str, object]], lines: list[bytes]
) -> None:
    several = [patient(), *observations, *lines]
    assert outcome(settled(*several)) == outcome(the_long_way(*several))  # type: ignore[arg-type]


def test_a_plain_result_really_takes_the_shorter_way() -> None:
    taken = []
    plain = PlainResults._row

    def watched(self: PlainResults, raw: bytes, observation: Observation) -> ResultRow | None:
        row = plain(self, raw, observation)
        taken.append(row is not None)
        return row

    with patch.object(PlainResults, "_row", watched):
        settled(patient(), result(1.8, "mmol/L"), result(1.8, "mmol/L", bodySite={"text": "leg"}))
    assert taken == [True, False]


def test_one_broken_line_does_not_change_what_its_neighbours_say() -> None:
    several = [result(1.8, "mmol/L", id=f"o{n}") for n in range(5)]
    broken = b'{"resourceType":"Observation","id":"cut'
    found = settled(patient(), *several, broken)
    assert len(found.patients[0].facts) == 5
    assert found.ledger.reasons() == {"broken_json": 1}


def test_two_broken_lines_that_make_one_whole_are_still_two_broken_lines() -> None:
    one = b'{"resourceType":"Observation","id":"a","x":[{}'
    other = b'{"resourceType":"Observation"}]}'
    assert settled(patient(), one, other).ledger.reasons()["broken_json"] == 2
