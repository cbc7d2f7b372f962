"""product: two analytes multiplied

`product` multiplies the newest two results of two analytes that were drawn within
`pair_within_days` of each other.
"""

RULE = """
    product: [lab.calcium_total, lab.phosphate]
    within_days: 90
    pair_within_days: 3
    above: 55 mg2/dL2
    """


def test_the_newest_pair_is_multiplied(spec):
    """The pair whose later member is newest counts, each result in its own unit."""
    spec.ask(
        RULE,
        """
        concept           | on         | value
        lab.calcium_total | 2026-10-01 | 10 mg/dL
        lab.phosphate     | 2026-10-01 | 7 mg/dL
        lab.calcium_total | 2026-11-10 | 10 mg/dL
        lab.phosphate     | 2026-11-10 | 5 mg/dL
        """,
        "no",
        because=[3, 4],
    )
    spec.ask(
        RULE,
        """
        concept           | on         | value
        lab.calcium_total | 2026-11-10 | 2.5 mmol/L
        lab.phosphate     | 2026-11-10 | 5.6 mg/dL
        """,
        "yes",
        because=[1, 2],
    )


def test_the_nearest_partner(spec):
    """Of several partners the nearest counts."""
    spec.ask(
        RULE,
        """
        concept           | on         | value
        lab.calcium_total | 2026-11-08 | 8 mg/dL
        lab.calcium_total | 2026-11-09 | 10 mg/dL
        lab.phosphate     | 2026-11-10 | 6 mg/dL
        """,
        "yes",
        because=[2, 3],
    )


def test_results_too_far_apart(spec):
    """Results drawn too far apart are not multiplied."""
    spec.ask(
        RULE,
        """
        concept           | on         | value
        lab.calcium_total | 2026-10-01 | 10 mg/dL
        lab.phosphate     | 2026-11-10 | 6 mg/dL
        """,
        "unknown",
        missing="lab.calcium_total: too_old",
    )


def test_one_analyte_missing(spec):
    """Without one of the two it is unknown, and that one is named."""
    spec.ask(
        RULE,
        """
        concept           | on         | value
        lab.calcium_total | 2026-11-10 | 10 mg/dL
        """,
        "unknown",
        missing="lab.phosphate: never_measured",
    )


def test_ionised_calcium_never_stands_in(spec):
    """Total, ionised and corrected calcium are three concepts; none is derived from another."""
    spec.ask(
        RULE,
        """
        concept             | on         | value
        lab.calcium_ionised | 2026-11-10 | 1.3 mmol/L
        lab.phosphate       | 2026-11-10 | 6 mg/dL
        """,
        "unknown",
        missing="lab.calcium_total: never_measured",
    )


def test_dates_must_be_known_to_the_day(spec):
    """A result dated to a month may or may not be of the same day."""
    spec.ask(
        RULE,
        """
        concept           | on         | value
        lab.calcium_total | 2026-11    | 10 mg/dL
        lab.phosphate     | 2026-11-10 | 6 mg/dL
        """,
        "unknown",
        missing="lab.calcium_total: date_uncertain",
    )
