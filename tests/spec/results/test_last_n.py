"""last_n: some of the newest results

`last_n` asks whether at least `k` of the newest `last_n` results within the window compare as
said. One high value may be a chance; two of three rarely are.
"""

RULE = """
    of_concept: lab.phosphate
    last_n: 3
    k: 2
    within_days: 120
    above: 5.5 mg/dL
    """


def test_two_of_the_last_three(spec):
    """Only the newest three count, and two of them must be above."""
    spec.ask(
        RULE,
        """
        concept       | on         | value
        lab.phosphate | 2026-08-10 | 2.4 mmol/L
        lab.phosphate | 2026-09-10 | 2.3 mmol/L
        lab.phosphate | 2026-10-10 | 1.5 mmol/L
        lab.phosphate | 2026-11-10 | 2.1 mmol/L
        """,
        "yes",
        because=[2, 4],
    )
    spec.ask(
        RULE,
        """
        concept       | on         | value
        lab.phosphate | 2026-08-10 | 2.4 mmol/L
        lab.phosphate | 2026-09-10 | 1.4 mmol/L
        lab.phosphate | 2026-10-10 | 1.5 mmol/L
        lab.phosphate | 2026-11-10 | 2.1 mmol/L
        """,
        "no",
        because=[2, 3],
    )


def test_fewer_results_than_asked(spec):
    """Fewer results decide if those that are missing could not change the answer."""
    high = """
        concept       | on         | value
        lab.phosphate | 2026-10-10 | 2.3 mmol/L
        lab.phosphate | 2026-11-10 | 2.1 mmol/L
        """
    spec.ask(RULE, high, "yes", because=[1, 2])
    mixed = high.replace("2.3", "1.3")
    spec.ask(RULE, mixed, "unknown", missing="lab.phosphate: few_results")
    low = mixed.replace("2.1", "1.2")
    spec.ask(RULE, low, "no", because=[1, 2])


def test_a_result_that_cannot_be_compared(spec):
    """A result that cannot be compared may be on either side."""
    spec.ask(
        RULE,
        """
        concept       | on         | value      | interpretation
        lab.phosphate | 2026-09-10 | 1.5 mmol/L |
        lab.phosphate | 2026-10-10 |            | high
        lab.phosphate | 2026-11-10 | 2.1 mmol/L |
        """,
        "unknown",
        missing="lab.phosphate: value_uncertain",
    )


def test_dates_that_leave_open_which_are_the_newest(spec):
    """Two results of one day compete for the last place. If the answer is the same with either, it
    is given."""
    table = """
        concept       | on         | value
        lab.phosphate | 2026-09-10 | {} mmol/L
        lab.phosphate | 2026-09-10 | {} mmol/L
        lab.phosphate | 2026-10-10 | 1.5 mmol/L
        lab.phosphate | 2026-11-10 | 2.1 mmol/L
        """
    spec.ask(RULE, table.format(2.3, 1.3), "unknown", missing="lab.phosphate: date_uncertain")
    spec.ask(RULE, table.format(2.3, 2.2), "yes")
    spec.ask(RULE, table.format(1.3, 1.2), "no")


def test_no_results(spec):
    """Without results it is unknown, as for `latest`."""
    spec.ask(RULE, "", "unknown", missing="lab.phosphate: never_measured")
