"""any: one part is enough"""

RULE = """
    any:
      - active: drug.warfarin
      - latest: lab.phosphate
        within_days: 90
        above: 5.5 mg/dL
    """


def test_yes_rests_on_the_parts_that_hold(spec):
    """One yes is enough. Every part that holds is named."""
    spec.ask(
        RULE,
        """
        concept       | from
        drug.warfarin | 2025-02-01
        """,
        "yes",
        because=[1],
    )


def test_no_rests_on_every_part(spec):
    """A no rests on all parts."""
    spec.ask(
        RULE,
        """
        concept       | on         | value
        lab.phosphate | 2026-11-10 | 1.4 mmol/L
        """,
        "no",
        observed=["drug"],
        because=[1, "drug"],
    )


def test_unknown_is_not_no(spec):
    """With one part no and one unknown, the whole is unknown."""
    spec.ask(
        RULE,
        """
        concept       | on         | value
        lab.phosphate | 2026-11-10 | 1.4 mmol/L
        """,
        "unknown",
        missing="drug.warfarin: not_observed",
    )
