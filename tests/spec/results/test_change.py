"""change: a rise or a fall over a window

`by: absolute` compares the means of the two halves of the window, `by: relative` the newest result
with the oldest in per cent of the oldest, `by: slope` takes the least-squares slope per 30 days.
"""

ABSOLUTE = "{change: lab.albumin, within_days: 180, by: absolute, at_most: -3 g/L}"
RELATIVE = "{change: lab.alp, within_days: 180, by: relative, above: 50 %}"
SLOPE = "{change: lab.phosphate, within_days: 90, by: slope, above: 0.1 mmol/L}"


def test_absolute(spec):
    """The mean of the newer half less that of the older half."""
    spec.ask(
        ABSOLUTE,
        """
        concept     | on         | value
        lab.albumin | 2026-06-10 | 37 g/L
        lab.albumin | 2026-07-10 | 35 g/L
        lab.albumin | 2026-10-10 | 33 g/L
        lab.albumin | 2026-11-10 | 31 g/L
        """,
        "yes",
        because=[1, 2, 3, 4],
        value=-4,
    )


def test_absolute_needs_both_halves(spec):
    """Results in one half only are too few."""
    spec.ask(
        ABSOLUTE,
        """
        concept     | on         | value
        lab.albumin | 2026-10-10 | 37 g/L
        lab.albumin | 2026-11-10 | 31 g/L
        """,
        "unknown",
        missing="lab.albumin: few_results",
    )


def test_relative(spec):
    """The newest result less the oldest, in per cent of the oldest."""
    table = """
        concept | on         | value
        lab.alp | 2026-06-10 | 100 U/L
        lab.alp | 2026-09-10 | 300 U/L
        lab.alp | 2026-11-10 | {} U/L
        """
    spec.ask(RELATIVE, table.format(160), "yes", value=60)
    spec.ask(RELATIVE, table.format(150), "no", value=50)


def test_relative_needs_two_results(spec):
    """One result is no change."""
    spec.ask(
        RELATIVE,
        """
        concept | on         | value
        lab.alp | 2026-11-10 | 160 U/L
        """,
        "unknown",
        missing="lab.alp: few_results",
    )


def test_slope(spec):
    """The slope of the straight line through at least three results, per 30 days."""
    spec.ask(
        SLOPE,
        """
        concept       | on         | value
        lab.phosphate | 2026-09-11 | 1.5 mmol/L
        lab.phosphate | 2026-10-11 | 1.7 mmol/L
        lab.phosphate | 2026-11-10 | 1.9 mmol/L
        """,
        "yes",
        because=[1, 2, 3],
        value=0.2,
    )


def test_slope_needs_three_results(spec):
    """Two results make a line, but not a trend."""
    spec.ask(
        SLOPE,
        """
        concept       | on         | value
        lab.phosphate | 2026-09-11 | 1.5 mmol/L
        lab.phosphate | 2026-11-10 | 1.9 mmol/L
        """,
        "unknown",
        missing="lab.phosphate: few_results",
    )


def test_open_ends(spec):
    """An open end carries through: from "<20" to 31 is a rise of more than half; from 20 to ">25"
    it cannot be told."""
    rule = "{change: lab.crp, within_days: 180, by: relative, above: 50 %}"
    spec.ask(
        rule,
        """
        concept | on         | value
        lab.crp | 2026-06-10 | <20 mg/L
        lab.crp | 2026-11-10 | 31 mg/L
        """,
        "yes",
    )
    spec.ask(
        rule,
        """
        concept | on         | value
        lab.crp | 2026-06-10 | 20 mg/L
        lab.crp | 2026-11-10 | >25 mg/L
        """,
        "unknown",
        missing="lab.crp: value_uncertain",
    )


def test_dates_must_be_known_to_the_day(spec):
    """A result dated to a month or a year that may lie in the window leaves it unknown. A date
    known to the day counts as the end of that day."""
    spec.ask(
        SLOPE,
        """
        concept       | on         | value
        lab.phosphate | 2026-09-11 | 1.5 mmol/L
        lab.phosphate | 2026-10    | 1.7 mmol/L
        lab.phosphate | 2026-11-10 | 1.9 mmol/L
        """,
        "unknown",
        missing="lab.phosphate: date_uncertain",
    )
