"""What absence means"""


def test_silence_is_unknown(spec):
    """That the record says nothing about a drug does not mean that it is not taken."""
    spec.ask("active: drug.warfarin", "", "unknown", missing="drug.warfarin: not_observed")


def test_silence_in_an_observed_span_is_no(spec):
    """Where whoever ran the read declared that the source speaks for a domain, and the declared
    span holds the whole window of the condition, silence is no, and the span is the evidence."""
    spec.ask(
        "active: drug.warfarin",
        "",
        "no",
        observed=["drug 2026-01-01..2026-11-20"],
        because=["drug"],
    )


def test_a_span_that_leaves_a_gap_decides_nothing(spec):
    """A span that ends before the moment of judgement, or begins after the window does, leaves a
    gap, and a gap is unknown."""
    spec.ask("active: drug.warfarin", "", "unknown", observed=["drug 2026-01-01..2026-11-19"])
    spec.ask(
        "{recent: drug.warfarin, within_days: 365}",
        "",
        "unknown",
        observed=["drug 2026-01-01..2026-11-20"],
    )


def test_spans_that_touch_are_one(spec):
    """Spans that follow each other without a gap count together."""
    spec.ask(
        "{recent: drug.warfarin, within_days: 365}",
        "",
        "no",
        observed=["drug 2025-01-01..2025-12-31", "drug 2026-01-01..2026-11-20"],
        because=["drug"],
    )


def test_ever_needs_a_span_with_history(spec):
    """`ever`, `before` and `duration` ask about all time, so a span must reach back `with
    history`: the source also holds what came before it."""
    spec.ask("ever: drug.warfarin", "", "unknown", observed=["drug 1990-01-01..2026-11-20"])
    spec.ask("ever: drug.warfarin", "", "no", observed=["drug 2026-01-01..2026-11-20 with history"])


def test_another_domain_says_nothing(spec):
    """A span speaks for its own domain only."""
    spec.ask("active: drug.warfarin", "", "unknown", observed=["condition"])


def test_what_must_be_looked_for_never_becomes_no_by_silence(spec):
    """Laboratory results, signs, wounds, imaging, histology, body measurements and dialysate are
    there only if somebody looked. No declared span turns their silence into no."""
    spec.ask(
        "{recent: sign.livedo, within_days: 30}",
        "",
        "unknown",
        observed=["sign"],
        missing="sign.livedo: never_measured",
    )
    spec.ask(
        "{latest: lab.phosphate, above: 5.5 mg/dL}",
        "",
        "unknown",
        observed=["lab"],
        missing="lab.phosphate: never_measured",
    )


def test_an_explicit_no_needs_no_span(spec):
    """A refuted diagnosis is a "no" in words."""
    spec.ask(
        "active: condition.calciphylaxis",
        """
        concept                 | present | from
        condition.calciphylaxis | no      | 2026-06-01
        """,
        "no",
        because=[1],
    )


def test_a_yes_counts_for_what_is_broader(spec):
    """Warfarin is a vitamin K antagonist: its yes counts for the class."""
    spec.ask(
        "active: drug.vitamin_k_antagonist",
        """
        concept       | from
        drug.warfarin | 2025-02-01
        """,
        "yes",
        because=[1],
    )


def test_a_no_counts_for_what_is_narrower(spec):
    """No lesion at all means no livedo. No livedo does not mean no lesion."""
    spec.ask(
        "{recent: sign.livedo, within_days: 30}",
        """
        concept     | present | on
        sign.lesion | no      | 2026-11-10
        """,
        "no",
        because=[1],
    )
    spec.ask(
        "{recent: sign.lesion, within_days: 30}",
        """
        concept     | present | on
        sign.livedo | no      | 2026-11-10
        """,
        "unknown",
        missing="sign.lesion: never_measured",
    )


def test_a_broader_record_leaves_the_narrower_open(spec):
    """If only "a vitamin K antagonist" is recorded, it may be warfarin: silence about warfarin is
    then no answer, whatever was observed. Once the record names which one, it is."""
    spec.ask(
        "active: drug.warfarin",
        """
        concept                   | from
        drug.vitamin_k_antagonist | 2025-02-01
        """,
        "unknown",
        observed=["drug"],
        missing="drug.warfarin: not_specific",
    )
    spec.ask(
        "active: drug.warfarin",
        """
        concept                   | from
        drug.vitamin_k_antagonist | 2025-02-01
        drug.phenprocoumon        | 2025-02-01
        """,
        "no",
        observed=["drug"],
    )


def test_a_diagnosis_under_consideration_is_never_yes(spec):
    """Provisional, differential and unconfirmed diagnoses are unknown, also where silence would
    have been no."""
    for status in ("provisional", "differential", "unconfirmed"):
        spec.ask(
            "active: condition.calciphylaxis",
            f"""
            concept                 | from       | status
            condition.calciphylaxis | 2026-06-01 | {status}
            """,
            "unknown",
            observed=["condition"],
            missing="condition.calciphylaxis: not_confirmed",
        )


def test_a_fact_that_is_itself_unknown_decides_nothing(spec):
    """A fact recorded as unknown is not a no."""
    spec.ask(
        "active: condition.diabetes",
        """
        concept            | present | from
        condition.diabetes | unknown | 2026-06-01
        """,
        "unknown",
        observed=["condition"],
        missing="condition.diabetes: not_confirmed",
    )
