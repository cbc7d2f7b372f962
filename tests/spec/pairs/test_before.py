"""before: a fact began some days before another began"""

RULE = """
    before: {concept: drug.warfarin}
    of: {concept: condition.skin_ulcer}
    within_days: 180
    """


def test_so_many_days_before(spec):
    """Both ends of the span of days are included."""
    table = """
        concept              | from
        drug.warfarin        | {}
        condition.skin_ulcer | 2026-10-01T00:00:00Z
        """
    spec.ask(RULE, table.format("2026-07-01T00:00:00Z"), "yes", because=[1, 2])
    spec.ask(RULE, table.format("2026-04-04T00:00:00Z"), "yes")
    spec.ask(RULE, table.format("2026-04-03T00:00:00Z"), "no", observed=["drug", "condition"])


def test_after_is_not_before(spec):
    """What began later did not begin before."""
    table = """
        concept              | from
        drug.warfarin        | 2026-10-15
        condition.skin_ulcer | 2026-10-01
        """
    spec.ask(RULE, table, "no", observed=["drug", "condition"])
    spec.ask(
        RULE,
        table,
        "unknown",
        missing="condition.skin_ulcer: not_observed; drug.warfarin: not_observed",
    )


def test_at_least_so_many_days(spec):
    """`at_least_days` sets a shortest distance."""
    rule = RULE + "at_least_days: 14"
    table = """
        concept              | from
        drug.warfarin        | {}
        condition.skin_ulcer | 2026-10-20
        """
    spec.ask(rule, table.format("2026-10-01"), "yes")
    spec.ask(rule, table.format("2026-10-10"), "no", observed=["drug", "condition"])


def test_only_what_began_recently(spec):
    """`recent_days` looks only at facts that began so recently."""
    rule = RULE + "recent_days: 30"
    table = """
        concept              | from
        drug.warfarin        | 2026-08-01
        condition.skin_ulcer | {}
        """
    spec.ask(rule, table.format("2026-11-01"), "yes")
    spec.ask(rule, table.format("2026-10-01"), "no", observed=["drug", "condition"])


def test_dates_of_one_day(spec):
    """Two dates of the same day without a time do not tell which came first."""
    spec.ask(
        RULE,
        """
        concept              | from
        drug.warfarin        | 2026-10-01
        condition.skin_ulcer | 2026-10-01
        """,
        "unknown",
        missing="drug.warfarin: date_uncertain",
    )
