"""recent: held at some time within the window"""

LIVEDO = "{recent: sign.livedo, within_days: 30}"


def test_a_finding_within_the_window(spec):
    """One finding within the window is enough, also if a later look did not find it."""
    spec.ask(
        LIVEDO,
        """
        concept     | present | on
        sign.livedo | yes     | 2026-11-02
        sign.livedo | no      | 2026-11-16
        """,
        "yes",
        because=[1],
    )


def test_looked_for_and_not_found(spec):
    """An examination within the window that did not find it is a no."""
    spec.ask(
        LIVEDO,
        """
        concept     | present | on
        sign.livedo | no      | 2026-11-16
        """,
        "no",
        because=[1],
    )


def test_not_looked_for_within_the_window(spec):
    """An examination before the window decides nothing."""
    spec.ask(
        LIVEDO,
        """
        concept     | present | on
        sign.livedo | no      | 2026-10-01
        """,
        "unknown",
        missing="sign.livedo: too_old",
    )


def test_a_no_names_the_areas_examined(spec):
    """A "no" without a body site speaks for the whole skin, one with a body site only for that
    site. Asked about the thighs, both thighs must have been looked at."""
    abdomen = """
        concept     | present | on         | body_site | side
        sign.livedo | no      | 2026-11-16 | abdomen   |
        """
    spec.ask(LIVEDO, abdomen, "unknown", missing="sign.livedo: place_uncertain")
    spec.ask("{recent: sign.livedo, within_days: 30, where: {body_site: [abdomen]}}", abdomen, "no")
    thighs = "{recent: sign.livedo, within_days: 30, where: {body_site: [thigh]}}"
    left = abdomen.replace("abdomen   |", "thigh     | left")
    spec.ask(thighs, left, "unknown", missing="sign.livedo: place_uncertain")
    right = "sign.livedo | no | 2026-11-16 | thigh | right"
    spec.ask(thighs, left + right, "no", because=[1, 2])


def test_a_no_about_one_lesion(spec):
    """A "no" about a numbered lesion speaks for that lesion only."""
    spec.ask(
        "{recent: sign.ulcer, within_days: 30}",
        """
        concept    | present | on         | lesion
        sign.ulcer | no      | 2026-11-16 | L1
        """,
        "unknown",
        missing="sign.ulcer: place_uncertain",
    )


def test_a_span_that_reaches_into_the_window(spec):
    """A drug taken until within the window was taken recently; one stopped before it was not."""
    rule = "{recent: drug.warfarin, within_days: 90}"
    table = """
        concept       | from       | until
        drug.warfarin | 2020-02-01 | {}
        """
    spec.ask(rule, table.format("2026-09-01"), "yes", because=[1])
    spec.ask(rule, table.format("2026-06-01"), "unknown")
    spec.ask(rule, table.format("2026-06-01"), "no", observed=["drug"], because=["drug"])


def test_an_observed_span_must_hold_the_whole_window(spec):
    """For a no by silence the observed span must hold all 90 days."""
    rule = "{recent: drug.warfarin, within_days: 90}"
    spec.ask(rule, "", "no", observed=["drug 2026-08-01..2026-11-20"])
    spec.ask(rule, "", "unknown", observed=["drug 2026-10-01..2026-11-20"])
