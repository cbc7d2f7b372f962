"""not: the part does not hold"""


def test_not(spec):
    """Yes becomes no, no becomes yes, on the same grounds. Unknown stays unknown: that the record
    does not say it does not make it so."""
    rule = "{not: {active: drug.warfarin}}"
    spec.ask(
        rule,
        """
        concept       | from
        drug.warfarin | 2025-02-01
        """,
        "no",
        because=[1],
    )
    spec.ask(rule, "", "yes", observed=["drug"], because=["drug"])
    spec.ask(rule, "", "unknown", missing="drug.warfarin: not_observed")
