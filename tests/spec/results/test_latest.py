"""latest: the newest result

`latest` looks at the newest fact within the window and compares it.
"""

PHOSPHATE = "{latest: lab.phosphate, within_days: 90, above: 5.5 mg/dL}"


def test_the_newest_result_is_compared(spec):
    """The newest result of the window decides. The threshold is written in the unit of its
    source; values are compared in one unit."""
    spec.ask(
        PHOSPHATE,
        """
        concept       | on         | value
        lab.phosphate | 2026-09-10 | 2.30 mmol/L
        lab.phosphate | 2026-11-10 | 1.70 mmol/L
        """,
        "no",
        because=[2],
        value=1.70,
    )


def test_a_result_just_above_the_threshold(spec):
    """5.5 mg/dL is 1.776 mmol/L, not 1.78: one step on both sides answers differently."""
    table = """
        concept       | on         | value
        lab.phosphate | 2026-11-10 | {} mg/dL
        """
    spec.ask(PHOSPHATE, table.format(5.5), "no")
    spec.ask(PHOSPHATE, table.format(5.6), "yes")


def test_no_result_at_all(spec):
    """Without any result the answer is unknown: never measured."""
    spec.ask(PHOSPHATE, "", "unknown", missing="lab.phosphate: never_measured")


def test_a_result_that_is_too_old(spec):
    """With older results only, it is unknown: too old. The newest of them is named."""
    answer = spec.ask(
        PHOSPHATE,
        """
        concept       | on         | value
        lab.phosphate | 2026-05-10 | 2.30 mmol/L
        lab.phosphate | 2026-06-10 | 2.40 mmol/L
        """,
        "unknown",
        missing="lab.phosphate: too_old",
    )
    assert answer.missing[0].last == "fact:2"


def test_two_results_at_one_exact_moment(spec):
    """Facts are in one total order, by start and then by number, so that two results of one exact
    moment cannot give two answers."""
    spec.ask(
        PHOSPHATE,
        """
        concept       | on                   | value
        lab.phosphate | 2026-11-10T08:00:00Z | 1.20 mmol/L
        lab.phosphate | 2026-11-10T08:00:00Z | 2.40 mmol/L
        """,
        "yes",
        because=[2],
    )


def test_two_results_of_one_day(spec):
    """Two results of the same day without a time: either may be the newest. If both agree, that is
    the answer, else it is unknown."""
    spec.ask(
        PHOSPHATE,
        """
        concept       | on         | value
        lab.phosphate | 2026-11-10 | 2.10 mmol/L
        lab.phosphate | 2026-11-10 | 2.40 mmol/L
        """,
        "yes",
        because=[1, 2],
    )
    spec.ask(
        PHOSPHATE,
        """
        concept       | on         | value
        lab.phosphate | 2026-11-10 | 1.20 mmol/L
        lab.phosphate | 2026-11-10 | 2.40 mmol/L
        """,
        "unknown",
        missing="lab.phosphate: date_uncertain",
    )


def test_an_imprecise_date_that_may_be_the_newest(spec):
    """A result of "November" may be newer than that of the 10th, so both must agree. One of
    "September" cannot be."""
    spec.ask(
        PHOSPHATE,
        """
        concept       | on         | value
        lab.phosphate | 2026-11    | 1.20 mmol/L
        lab.phosphate | 2026-11-10 | 2.40 mmol/L
        """,
        "unknown",
        missing="lab.phosphate: date_uncertain",
    )
    spec.ask(
        PHOSPHATE,
        """
        concept       | on         | value
        lab.phosphate | 2026-09    | 1.20 mmol/L
        lab.phosphate | 2026-11-10 | 2.40 mmol/L
        """,
        "yes",
        because=[2],
    )


def test_a_date_only_partly_in_the_window(spec):
    """A lone result dated "2026" may lie in the window or before it."""
    spec.ask(
        PHOSPHATE,
        """
        concept       | on   | value
        lab.phosphate | 2026 | 2.40 mmol/L
        """,
        "unknown",
        missing="lab.phosphate: date_uncertain",
    )


def test_a_finding_looked_for(spec):
    """`present: true` asks for the newest word on a finding: seen, or looked for and not seen."""
    rule = "{latest: sign.ulcer, within_days: 90, present: true}"
    spec.ask(
        rule,
        """
        concept    | present | on
        sign.ulcer | yes     | 2026-10-01
        sign.ulcer | no      | 2026-11-01
        """,
        "no",
        because=[2],
    )


def test_a_no_about_one_place_is_not_the_newest_word_on_the_whole_skin(spec):
    """A "no" that names one body site answers about that site only."""
    spec.ask(
        "{latest: sign.ulcer, within_days: 90, present: true}",
        """
        concept    | present | on         | body_site
        sign.ulcer | yes     | 2026-10-01 | thigh
        sign.ulcer | no      | 2026-11-01 | abdomen
        """,
        "yes",
        because=[1],
    )


def test_a_yes_and_a_no_of_one_moment_contradict_each_other(spec):
    """Seen and not seen at the very same moment is unknown."""
    spec.ask(
        "{latest: sign.ulcer, within_days: 90, present: true}",
        """
        concept    | present | on
        sign.ulcer | yes     | 2026-11-01T08:00:00Z
        sign.ulcer | no      | 2026-11-01T08:00:00Z
        """,
        "unknown",
    )


def test_a_result_marked_as_far_from_the_series_is_used(spec):
    """A value that is plausible but far from the person's own series is shown with a mark; it is
    judged like any other. A value that is impossible never reaches the record."""
    spec.ask(
        "{latest: lab.phosphate, within_days: 90, below: 1.5 mg/dL}",
        """
        concept       | on         | value
        lab.phosphate | 2026-10-10 | 2.3 mmol/L
        lab.phosphate | 2026-11-10 | 0.3 mmol/L
        """,
        "yes",
        because=[2],
    )
