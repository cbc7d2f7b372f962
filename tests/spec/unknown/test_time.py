"""What was known at the moment of judgement"""


def test_what_was_known_later_is_not_used(spec):
    """A judgement uses only what could be known at its moment. A result drawn before but issued
    after it does not count."""
    rule = "{latest: lab.phosphate, within_days: 90, above: 5.5 mg/dL}"
    patient = """
        concept       | on         | known      | value
        lab.phosphate | 2026-11-10 | 2026-11-12 | 2.4 mmol/L
        """
    spec.ask(rule, patient, "unknown", as_of="2026-11-11")
    spec.ask(rule, patient, "yes", as_of="2026-11-12")


def test_what_lies_in_the_future_is_not_used(spec):
    """A fact that begins wholly after the moment of judgement is not used, even if planned."""
    spec.ask(
        "active: drug.warfarin",
        """
        concept       | from       | known
        drug.warfarin | 2026-12-01 | 2026-11-01
        """,
        "unknown",
    )


def test_what_is_known_has_begun(spec):
    """A fact known at the moment of judgement has begun by then, also where its date is only the
    day or the year of judgement."""
    spec.ask(
        "active: drug.warfarin",
        """
        concept       | from | known
        drug.warfarin | 2026 | 2026-03-01
        """,
        "yes",
    )


def test_an_end_that_lies_later_is_not_known_yet(spec):
    """An end later than the moment of judgement is not known yet: the fact is ongoing."""
    rule = "active: drug.warfarin"
    patient = """
        concept       | from       | until
        drug.warfarin | 2025-02-01 | 2026-11-15
        """
    spec.ask(rule, patient, "yes", as_of="2026-11-10")
    spec.ask(rule, patient, "no", as_of="2026-11-20", observed=["drug"])


def test_an_observed_span_stops_at_the_moment_of_judgement(spec):
    """An observed span that reaches beyond the moment of judgement stops there."""
    spec.ask(
        "active: drug.warfarin",
        "",
        "no",
        as_of="2026-06-01",
        observed=["drug 2026-01-01..2026-11-20"],
    )


def test_a_window_is_so_many_days_long(spec):
    """A window of 90 days ends at the moment of judgement and is 90 days long. At the end of a day
    it holds that day and the 89 before it: a result 90 days ago is too old."""
    rule = "{latest: lab.phosphate, within_days: 90, above: 5.5 mg/dL}"
    spec.ask(
        rule,
        """
        concept       | on          | value
        lab.phosphate | 89 days ago | 2.4 mmol/L
        """,
        "yes",
    )
    spec.ask(
        rule,
        """
        concept       | on          | value
        lab.phosphate | 90 days ago | 2.4 mmol/L
        """,
        "unknown",
        missing="lab.phosphate: too_old",
    )


def test_a_date_partly_in_the_window_is_unknown(spec):
    """A month or a year is a span of days. If it lies only partly in the window, the answer is
    unknown."""
    spec.ask(
        "{recent: condition.sepsis, within_days: 30}",
        """
        concept          | from    | until
        condition.sepsis | 2026-10 | 2026-10
        """,
        "unknown",
        missing="condition.sepsis: date_uncertain",
    )
