"""during: a fact while another holds"""

RULE = """
    during: {concept: drug.warfarin}
    holding: {concept: dialysis.any}
    within_days: 365
    """


def test_two_spans_that_overlap(spec):
    """Both hold at some moment within the window."""
    spec.ask(
        RULE,
        """
        concept                | from       | until
        drug.warfarin          | 2024-01-01 | 2026-03-01
        dialysis.haemodialysis | 2026-01-01 |
        """,
        "yes",
        because=[1, 2],
    )


def test_a_moment_inside_a_span(spec):
    """A finding at one moment lies in a span from its start until just before its end."""
    rule = """
        during: {concept: sign.livedo}
        holding: {concept: drug.warfarin}
        """
    spec.ask(
        rule,
        """
        concept       | on                   | from       | until
        drug.warfarin |                      | 2026-01-01 | 2026-06-01
        sign.livedo   | 2026-03-01T08:00:00Z |            |
        """,
        "yes",
        because=[1, 2],
    )


def test_spans_that_do_not_overlap(spec):
    """One ended before the other began. That there was no other takes observed spans of both."""
    table = """
        concept                | from       | until
        drug.warfarin          | 2024-01-01 | 2026-01-01
        dialysis.haemodialysis | 2026-02-01 |
        """
    spec.ask(
        RULE, table, "unknown", missing="dialysis.any: not_observed; drug.warfarin: not_observed"
    )
    spec.ask(RULE, table, "no", observed=["drug", "dialysis"], because=["drug", "dialysis"])


def test_one_side_absent_is_enough(spec):
    """If one of the two surely was not there, they were not there together."""
    spec.ask(RULE, "", "no", observed=["drug"], because=["drug"])


def test_an_overlap_before_the_window(spec):
    """The moment they share must lie within the window."""
    spec.ask(
        RULE,
        """
        concept                | from       | until
        drug.warfarin          | 2020-01-01 | 2021-01-01
        dialysis.haemodialysis | 2020-02-01 |
        """,
        "no",
        observed=["drug", "dialysis"],
    )


def test_dates_that_leave_the_overlap_open(spec):
    """An end in "2026" and a start in May may overlap or not."""
    spec.ask(
        RULE,
        """
        concept                | from       | until
        drug.warfarin          | 2024-01-01 | 2025
        dialysis.haemodialysis | 2025-05-01 |
        """,
        "unknown",
        missing="drug.warfarin: date_uncertain",
        as_of="2026-03-01",
    )


def test_the_same_lesion(spec):
    """With `same`, both must be about one lesion or body site."""
    rule = """
        during: {concept: sign.livedo}
        holding: {concept: sign.ulcer}
        same: body_site
        """
    table = """
        concept     | on                   | body_site | side
        sign.livedo | 2026-11-01T08:00:00Z | thigh     | left
        sign.ulcer  | 2026-11-01T08:00:00Z | {}
        """
    spec.ask(rule, table.format("thigh | left"), "yes")
    spec.ask(rule, table.format("foot | left"), "unknown")
    spec.ask(rule, table.format(" | "), "unknown", missing="sign.livedo: place_uncertain")
