"""Shares, times and quantiles say no more than the counts behind them; off only with a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.audit.check import readable_lines, verify
from livedo.errors import AuditUnwritable, DisclosureRefused
from livedo.registry.shown import rate, share, shown_person_years, shown_quantile
from livedo.registry.small_numbers import HIDDEN, Policy
from livedo.registry.switched_off import switched_off
from tests.audit.logs import NOW, begun

POLICY = Policy()
OFF = Policy(shown_by="dr-berg", reason="own unit, own patients")


def test_a_share_is_hidden_when_either_count_is() -> None:
    assert share(HIDDEN, 200) is HIDDEN
    assert share(0, HIDDEN) is HIDDEN
    assert share(10, HIDDEN) is HIDDEN
    assert share(10, 200) == 0.05
    assert share(0, 200) == 0
    assert share(0, 0) is None


def test_cases_among_people_are_never_more_than_all_of_them() -> None:
    for people in range(8, 60):
        for cases in range(8, people + 1):
            found = share(POLICY.shown(cases), POLICY.shown(people))
            assert isinstance(found, float)
            assert found <= 1


def test_person_years_are_rounded_and_hidden_with_their_people() -> None:
    assert shown_person_years(243.7, 120, POLICY) == 245
    assert shown_person_years(6.2, HIDDEN, POLICY) is HIDDEN
    assert shown_person_years(2.1, 10, POLICY) is HIDDEN
    assert shown_person_years(0, 0, POLICY) == 0
    assert shown_person_years(2.1, 3, OFF) == 2.1
    assert rate(10, HIDDEN) is HIDDEN
    assert rate(10, 200.0) == 0.05
    assert rate(0, 0.0) is None


@pytest.mark.parametrize(
    ("people", "at", "is_shown"),
    [(17, 0.5, False), (18, 0.5, True), (32, 0.25, False), (33, 0.75, True), (900, 0, False)],
)
def test_a_quantile_speaks_for_eight_people_on_either_side(
    people: int, at: float, is_shown: bool
) -> None:
    found = shown_quantile([float(day) for day in range(people)], at, POLICY)
    assert (found is not HIDDEN) is is_shown


@pytest.mark.parametrize("at", [0.25, 0.5, 0.75])
def test_whether_a_quantile_is_shown_tells_no_more_than_the_number_beside_it(at: float) -> None:
    is_shown: dict[int, set[bool]] = {}
    for people in range(8, 200):
        found = shown_quantile([float(day) for day in range(people)], at, POLICY)
        is_shown.setdefault(POLICY.rounded(people), set()).add(found is not HIDDEN)
    assert all(len(answers) == 1 for answers in is_shown.values())


def test_the_longest_delay_never_leaves() -> None:
    delays = [float(day) for day in range(100)]
    assert shown_quantile(delays, 1, POLICY) is HIDDEN
    assert shown_quantile(delays, 1, OFF) == 99
    assert shown_quantile([], 0.5, POLICY) is None


@pytest.mark.parametrize(
    "half", [{"shown_by": "dr-berg"}, {"reason": "because"}, {"shown_by": " ", "reason": "x"}]
)
def test_nobody_switches_the_control_off_without_a_name_and_a_reason(half: dict[str, str]) -> None:
    with pytest.raises(DisclosureRefused, match="a person and a reason"):
        Policy(**half)  # type: ignore[arg-type]


def test_who_is_shown_small_numbers_stands_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    with begun(path) as log:
        assert switched_off(POLICY, log, NOW) is None
        assert switched_off(OFF, log, NOW) is not None
    line = list(readable_lines(path))[-1]
    assert (line.who, line.action, line.detail) == (
        "dr-berg",
        "small numbers shown",
        "own unit, own patients",
    )
    verify(path)


def test_nothing_is_shown_where_the_log_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(DisclosureRefused, match="audit log"):
        switched_off(OFF, None, NOW)
    log = begun(tmp_path / "audit.log")
    log.close()
    with pytest.raises(AuditUnwritable):
        switched_off(OFF, log, NOW)
