"""ever: held at any time up to the moment of judgement"""


def test_once_is_enough(spec):
    """Once is enough, however long ago and however imprecisely dated."""
    spec.ask(
        "ever: procedure.parathyroidectomy",
        """
        concept                     | on
        procedure.parathyroidectomy | 2009
        """,
        "yes",
        because=[1],
    )


def test_never_takes_a_span_with_history(spec):
    """That it never happened takes a source that holds all history."""
    rule = "ever: procedure.parathyroidectomy"
    spec.ask(rule, "", "unknown", observed=["procedure 2000-01-01..2026-11-20"])
    spec.ask(rule, "", "no", observed=["procedure 2025-01-01..2026-11-20 with history"])


def test_a_refuted_diagnosis_is_never(spec):
    """A diagnosis that was refuted and never made is no."""
    spec.ask(
        "ever: condition.calciphylaxis",
        """
        concept                 | present | from
        condition.calciphylaxis | no      | 2026-10-01
        """,
        "no",
        because=[1],
    )


def test_not_seen_once_is_not_never(spec):
    """A sign not seen at one look says nothing about all the days before."""
    spec.ask(
        "ever: sign.ulcer",
        """
        concept    | present | on
        sign.ulcer | no      | 2026-11-16
        """,
        "unknown",
        missing="sign.ulcer: too_old",
    )
