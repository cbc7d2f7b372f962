"""at_least: so many parts hold"""

RULE = """
    at_least: 2
    of:
      - active: condition.diabetes
      - active: condition.obesity
      - person: sex
        is: female
    """


def test_enough_parts_hold(spec):
    """Two of three hold; the third may be unknown."""
    spec.ask(
        RULE,
        """
        concept            | from
        condition.diabetes | 2010
        """,
        "yes",
        sex="female",
        because=[1],
    )


def test_enough_parts_fail(spec):
    """Two of three fail, so two cannot hold."""
    spec.ask(
        RULE,
        """
        concept            | from
        condition.diabetes | 2010
        """,
        "no",
        sex="male",
        observed=["condition"],
        because=["condition"],
    )


def test_it_depends(spec):
    """One holds, one fails: it hangs on the third."""
    spec.ask(
        RULE,
        """
        concept            | from
        condition.diabetes | 2010
        """,
        "unknown",
        sex="male",
        missing="condition.obesity: not_observed",
    )
