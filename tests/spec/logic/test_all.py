"""all: every part holds"""

RULE = """
    all:
      - active: drug.warfarin
      - latest: lab.phosphate
        within_days: 90
        above: 5.5 mg/dL
    """


def test_yes_rests_on_every_part(spec):
    """A yes rests on all of its parts."""
    spec.ask(
        RULE,
        """
        concept       | from       | on         | value
        drug.warfarin | 2025-02-01 |            |
        lab.phosphate |            | 2026-11-10 | 2.4 mmol/L
        """,
        "yes",
        because=[1, 2],
    )


def test_no_rests_on_the_parts_that_failed(spec):
    """One no is enough, and only it is named, even if the other part is unknown."""
    spec.ask(
        RULE,
        """
        concept       | on         | value
        lab.phosphate | 2026-11-10 | 1.4 mmol/L
        """,
        "no",
        because=[1],
    )


def test_unknown_names_what_is_missing(spec):
    """Unknown names the parts that are unknown."""
    spec.ask(
        RULE,
        """
        concept       | from
        drug.warfarin | 2025-02-01
        """,
        "unknown",
        missing="lab.phosphate: never_measured",
    )
