"""active: holds at the moment of judgement

Long-lasting facts (drugs, diagnoses, dialysis) hold from their start until just before their end.
"""

RULE = "active: drug.warfarin"


def test_an_ongoing_fact(spec):
    """A fact without an end is ongoing as far as the record knows."""
    spec.ask(
        RULE,
        """
        concept       | from
        drug.warfarin | 2025-02-01
        """,
        "yes",
        because=[1],
    )


def test_a_fact_that_has_ended(spec):
    """Once ended it holds no longer; that nothing else holds takes an observed span."""
    patient = """
        concept       | from       | until
        drug.warfarin | 2025-02-01 | 2026-10-01
        """
    spec.ask(RULE, patient, "unknown", missing="drug.warfarin: not_observed")
    spec.ask(RULE, patient, "no", observed=["drug"], because=["drug"])


def test_a_stopped_order_without_an_end_date(spec):
    """Orders are often stopped without a date. Between the start and the moment by which the stop
    was known, `active` is unknown; after it, no."""
    patient = """
        concept       | from       | until
        drug.warfarin | 2025-02-01 | before 2026-10-01
        """
    spec.ask(
        RULE,
        patient,
        "unknown",
        as_of="2026-06-01",
        observed=["drug"],
        missing="drug.warfarin: date_uncertain",
    )
    spec.ask(RULE, patient, "no", as_of="2026-10-02", observed=["drug"])


def test_an_end_known_to_the_month(spec):
    """An end known to the month is uncertain within that month."""
    patient = """
        concept       | from       | until
        drug.warfarin | 2025-02-01 | 2026-11
        """
    spec.ask(RULE, patient, "unknown", as_of="2026-11-15", observed=["drug"])
    spec.ask(RULE, patient, "no", as_of="2026-12-01", observed=["drug 2024-01-01..2026-12-01"])


def test_one_sure_fact_is_enough(spec):
    """A fact that surely holds is enough, whatever the others are."""
    spec.ask(
        RULE,
        """
        concept       | from       | until
        drug.warfarin | 2025-02-01 | before 2026-12-01
        drug.warfarin | 2026-03-01 |
        """,
        "yes",
        because=[2],
    )


def test_a_refuted_diagnosis(spec):
    """A refuted diagnosis is no from the day it was refuted. If the diagnosis is also recorded as
    holding, the yes outweighs the no; `latest` is the kind that asks for the newest word."""
    refuted = """
        concept            | present | from
        condition.vasculitis | no    | 2026-10-01
        """
    spec.ask("active: condition.vasculitis", refuted, "no", because=[1])
    spec.ask(
        "active: condition.vasculitis",
        refuted + "condition.vasculitis | yes | 2026-06-01",
        "yes",
        because=[2],
    )


def test_a_finding_at_one_moment(spec):
    """A finding holds at its own moment only. For what was seen lately there is `recent`."""
    spec.ask(
        "active: sign.livedo",
        """
        concept     | on
        sign.livedo | 2026-11-19
        """,
        "unknown",
        missing="sign.livedo: too_old",
    )
