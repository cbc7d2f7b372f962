"""A centre's own numbers: within the bounds of each rule, and never in a danger or safety rule."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import msgspec
import pytest

from livedo.assess.engine_python import PythonEngine
from livedo.errors import OverrideRefused
from livedo.knowledge.cases import load_cases, run_case
from livedo.knowledge.load import SHIPPED, load_knowledge
from livedo.knowledge.mutants import moved_by_a_step
from livedo.knowledge.override_files import read_overrides
from livedo.knowledge.overrides import (
    Adjustable,
    Override,
    adjustables,
    comparable,
    is_protected,
    protected_from,
    shipped,
    those_that_fit,
    with_overrides,
)
from livedo.knowledge.overrides_in_words import refusal_text
from livedo.knowledge.prose import rule_as_text

KNOWLEDGE = load_knowledge()
REASON = "The regional guideline begins here."
OFFERED = [each for rule in KNOWLEDGE.rules.values() for each in adjustables(rule)]
NAMES = [f"{each.rule} {each.field}" for each in OFFERED]


def override(**changes: Any) -> Override:
    """Phosphate of a centre whose guideline begins higher."""
    base = Override(
        rule="risk/high_phosphate",
        field="above",
        value="1.9 mmol/L",
        reason=REASON,
        by="Nora Steward",
        on="2026-11-20",
    )
    return msgspec.structs.replace(base, **changes)


def of(offered: Adjustable, value: str) -> Override:
    return override(rule=offered.rule, field=offered.field, value=value)


def refused(wanted: Override, language: str = "en") -> str:
    """Why it is refused, in words."""
    (refusal,) = those_that_fit(KNOWLEDGE, [wanted]).refused
    return refusal_text(refusal, KNOWLEDGE, language)


def test_every_rule_that_offers_a_number_can_be_changed() -> None:
    offering = {rule.id for rule in KNOWLEDGE.rules.values() if rule.adjustable}
    assert {each.rule for each in OFFERED} == offering
    assert len(offering) >= 17


@pytest.mark.parametrize("offered", OFFERED, ids=NAMES)
@pytest.mark.parametrize("end", ["low", "high"])
def test_a_number_may_be_set_to_its_bound_and_no_step_beyond(offered: Adjustable, end: str) -> None:
    bound = getattr(offered.bounds, end)
    changed = with_overrides(KNOWLEDGE, [of(offered, bound)])
    units = KNOWLEDGE.vocabulary.units
    (now,) = (
        each for each in adjustables(changed.rules[offered.rule]) if each.field == offered.field
    )
    wanted = comparable(offered.number, units, bound)
    assert {comparable(number, units, number.text) for number in now.numbers} == {wanted}
    beyond = moved_by_a_step(bound, 1 if end == "high" else -1)
    assert "outside what a centre may set" in refused(of(offered, beyond))


@pytest.mark.parametrize("offered", OFFERED, ids=NAMES)
def test_a_changed_rule_still_compiles_and_reads_aloud(offered: Adjustable) -> None:
    changed = with_overrides(KNOWLEDGE, [of(offered, offered.bounds.high)])
    assert PythonEngine(changed, [changed.rules[offered.rule].kind]).broken == {}
    for language in ("en", "da"):
        assert "Nora Steward" in rule_as_text(changed.rules[offered.rule], changed, language)


def test_nothing_but_the_number_of_the_rule_changes() -> None:
    changed = with_overrides(KNOWLEDGE, [override()])
    rule = changed.rules["risk/high_phosphate"]
    was = KNOWLEDGE.rules["risk/high_phosphate"]
    assert msgspec.structs.replace(rule, when=was.when) == was
    assert "1.9 mmol/L" in msgspec.json.encode(rule.when).decode()
    others = {id for id in KNOWLEDGE.rules if changed.rules[id] != KNOWLEDGE.rules[id]}
    assert others - {rule.id} <= set(protected_from(rule.id, KNOWLEDGE))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": "2.1 mmol/L"}, "Allowed for the limit: 1.13 mmol/L (3.5 mg/dL) to 2.0 mmol/L"),
        ({"value": "6.3 mg/dL"}, "outside what a centre may set"),
        ({"value": "1.9"}, "its unit of measure (mmol/L or mg/dL)"),
        ({"value": "1.9 kg"}, "cannot be read as the limit"),
        ({"value": "about two"}, "cannot be read as the limit"),
        ({"value": "nan mmol/L"}, "cannot be read as the limit"),
        ({"field": "within_days", "value": "181"}, "30 days to 180 days"),
        ({"field": "within_days", "value": "45.5"}, "cannot be read as the window in days"),
        ({"field": "abov"}, "Did you mean above?"),
        ({"rule": "risk/high_fosfate"}, "Did you mean risk/high_phosphate?"),
        ({"rule": "risk/female"}, "has no number that a centre may change"),
        ({"rule": "danger/vka_in_use"}, "No centre can change it"),
        ({"reason": "  "}, "needs a reason"),
        ({"reason": "x" * 501}, "needs a reason"),
        ({"by": ""}, "needs the name"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(changes: dict[str, str], said: str) -> None:
    assert said in refused(override(**changes))
    assert refused(override(**changes), "da") != refused(override(**changes))
    with pytest.raises(OverrideRefused) as caught:
        with_overrides(KNOWLEDGE, [override(**changes)])
    assert said in caught.value.what


def test_every_danger_safety_order_and_recorded_rule_refuses_any_number() -> None:
    protected = [id for id in KNOWLEDGE.rules if is_protected(id, KNOWLEDGE)]
    assert {id.partition("/")[0] for id in protected} == {"danger", "order", "safety", "recorded"}
    for rule in protected:
        assert "No centre can change it" in refused(override(rule=rule))


def test_a_danger_asks_the_shipped_number_of_a_rule_that_the_centre_changed() -> None:
    changed = with_overrides(KNOWLEDGE, [override()])
    copy = changed.rules["shipped/risk/high_phosphate"]
    assert copy.when == KNOWLEDGE.rules["risk/high_phosphate"].when
    for rule_id in protected_from("risk/high_phosphate", KNOWLEDGE):
        needed = changed.needed_by(rule_id)
        assert "risk/high_phosphate" not in needed
        said = rule_as_text(changed.rules[rule_id], changed, "en")
        assert "Changed by this centre" not in said


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = [override(value="9 mmol/L"), override(rule="risk/female", field="above")]
    with pytest.raises(OverrideRefused) as caught:
        with_overrides(KNOWLEDGE, wrong)
    assert "outside" in caught.value.what
    assert "risk/female" in caught.value.what


def test_what_a_newer_version_no_longer_allows_is_left_out_and_named() -> None:
    fitting = those_that_fit(
        KNOWLEDGE, [override(value="9 mmol/L"), override(field="within_days", value="60")]
    )
    assert [refusal.key for refusal in fitting.refused] == ["outside"]
    assert [each.field for each in fitting.knowledge.overrides] == ["within_days"]


def test_the_last_override_of_a_number_counts() -> None:
    changed = with_overrides(KNOWLEDGE, [override(), override(value="1.8 mmol/L")])
    assert [each.value for each in changed.overrides] == ["1.8 mmol/L"]


def test_a_value_may_be_written_in_either_unit_of_measure_and_without_the_space() -> None:
    for value, kept in (
        ("5.9 mg/dL", "5.9 mg/dL"),
        ("1.9mmol/l", "1.9 mmol/L"),
        (" 1.90  mmol/L ", "1.90 mmol/L"),
    ):
        (used,) = with_overrides(KNOWLEDGE, [override(value=value)]).overrides
        assert used.value == kept


def test_the_version_changes_with_an_override_the_same_way_each_time_and_back() -> None:
    several = [
        override(),
        override(field="within_days", value="60"),
        override(rule="risk/low_albumin", field="below", value="35 g/L"),
    ]
    versions = {
        with_overrides(KNOWLEDGE, order).version for order in itertools.permutations(several)
    }
    assert len(versions) == 1
    changed = with_overrides(KNOWLEDGE, several)
    assert changed.version != KNOWLEDGE.version
    assert (
        with_overrides(KNOWLEDGE, [override(by="Somebody else")]).version
        != with_overrides(KNOWLEDGE, [override()]).version
    )
    assert with_overrides(changed, []) is KNOWLEDGE
    assert (
        with_overrides(changed, [override()]).version
        == with_overrides(KNOWLEDGE, [override()]).version
    )


def test_the_cases_beside_a_rule_are_about_the_shipped_number_and_still_tell() -> None:
    changed = with_overrides(KNOWLEDGE, [override(value="2.0 mmol/L")])
    engine = PythonEngine(shipped(changed))
    file = load_cases(SHIPPED)["risk/high_phosphate"]
    assert all(run_case(engine, KNOWLEDGE, file.rule, case).passed for case in file.cases)


@pytest.mark.parametrize(
    ("language", "said", "source"),
    [
        ("en", "Changed by Birkesø: the limit is 1.9 mmol/L (5.9 mg/dL), as shipped 5.5 mg/dL"
            " (1.78 mmol/L). Nora Steward, 2026-11-20:", "The number that is shipped comes from"),
        ("da", "Ændret af Birkesø: grænsen er 1,9 mmol/l (5,9 mg/dl), oprindeligt 5,5 mg/dl"
            " (1,78 mmol/l). Nora Steward, 2026-11-20:", "Det oprindelige tal kommer fra"),
    ],
)  # fmt: skip
def test_the_rule_says_who_changed_what_and_that_its_source_speaks_of_the_shipped_number(
    language: str, said: str, source: str
) -> None:
    changed = with_overrides(KNOWLEDGE, [override(centre="Birkesø")])
    text = rule_as_text(changed.rules["risk/high_phosphate"], changed, language)
    assert f"{said} {REASON}" in text
    assert source in text
    window = with_overrides(KNOWLEDGE, [override(field="within_days", value="60")])
    assert source not in rule_as_text(window.rules["risk/high_phosphate"], window, language)


# --- the file for the command line

FILE = """\
overrides:
- rule: risk/high_phosphate
  field: within_days
  value: 60
  reason: Monthly samples here.
  by: Nora Steward
  on: 2026-11-20
"""


def test_a_file_holds_the_same_overrides_as_the_service(tmp_path: Path) -> None:
    path = tmp_path / "centre.yaml"
    path.write_text(FILE, encoding="utf-8")
    (found,) = read_overrides(path)
    assert found == override(field="within_days", value="60", reason="Monthly samples here.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- rule: x", "one list under `overrides`"),
        ("overrides: {}", "one list under `overrides`"),
        ("overrides: [", "cannot be used"),
        (FILE.replace("  by: Nora Steward\n", ""), "centre.yaml:2: Object missing"),
        (FILE.replace("2026-11-20", "last week"), "`on` is a day"),
        (FILE + "  colour: red\n", "unknown field `colour`"),
        (FILE.replace("value: 60", "value: [60]"), "$.value"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "centre.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OverrideRefused) as caught:
        read_overrides(path)
    assert said in caught.value.what
