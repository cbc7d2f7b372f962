"""Shares with their intervals, by stratum."""

from __future__ import annotations

from livedo.act.scoring import Ranked, Share, Truth, shares, wilson


def ranked(truth: str | None, *order: str, **more: bool) -> Ranked:
    kidney = more.pop("has_kidney_failure", False)
    return Ranked(
        id="case",
        differential=order,
        suspicion="suspected",
        ask_for=(),
        has_kidney_failure=kidney,
        truth=None if truth is None else Truth(diagnosis=truth, **more),
    )


def share(id: str, *cases: Ranked) -> Share:
    return next(one for one in shares(cases) if one.id == id)


def test_nine_of_ten_has_the_published_score_interval() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)


def test_none_of_ten_does_not_reach_below_nothing() -> None:
    assert wilson(0, 10)[0] == 0.0


def test_calciphylaxis_in_second_place_counts_within_three_and_not_first() -> None:
    second = ranked("calciphylaxis", "cellulitis", "calciphylaxis")
    assert share("calciphylaxis_first", second).hits == 0
    assert share("calciphylaxis_within_three", second).hits == 1


def test_another_diagnosis_is_a_hit_when_calciphylaxis_is_not_first() -> None:
    nsf = ranked("nsf", "cellulitis", "calciphylaxis", "nsf", is_renal=True)
    assert share("others_renal_not_first", nsf).hits == 1
    assert share("others_other_not_first", nsf).of == 0
    assert share("others_true_within_three", nsf).hits == 1


def test_a_diagnosis_that_is_not_listed_is_never_a_hit() -> None:
    unlisted = ranked("martorell-ulcer", "cellulitis")
    assert share("others_true_within_three", unlisted).hits == 0


def test_a_sparse_or_contested_case_is_left_out() -> None:
    left_out = ranked("calciphylaxis", "calciphylaxis", is_left_out=True)
    assert share("calciphylaxis_first", left_out).of == 0
    assert share("calciphylaxis_first", left_out).share is None


def test_a_case_without_an_answer_is_not_scored() -> None:
    assert share("others_not_first", ranked(None, "calciphylaxis")).of == 0


def test_the_baseline_calls_kidney_failure_calciphylaxis() -> None:
    renal = ranked("nsf", "nsf", has_kidney_failure=True)
    assert share("baseline_others", renal).hits == 0
    assert share("baseline_calciphylaxis", ranked("calciphylaxis", "nsf")).hits == 0
