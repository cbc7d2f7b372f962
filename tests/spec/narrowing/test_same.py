"""same: about one lesion or one body site

With `same: lesion` or `same: body_site` the parts must hold about one and the same. It binds signs,
wounds, imaging, histology, body measurements, procedures and diagnoses; drugs, laboratory results
and other rules concern the whole person. How a record without lesion numbers is read is ours.
"""

PAINFUL_ULCER = """
    all:
      - recent: sign.ulcer
        within_days: 30
      - recent: sign.lesion_pain
        within_days: 30
    same: lesion
    """


def test_a_numbered_lesion(spec):
    """Facts with the same lesion number are about one lesion."""
    table = """
        concept          | on         | lesion
        sign.ulcer       | 2026-11-10 | L1
        sign.lesion_pain | 2026-11-12 | {}
        """
    spec.ask(PAINFUL_ULCER, table.format("L1"), "yes", because=[1, 2])
    spec.ask(PAINFUL_ULCER, table.format("L2"), "unknown")


def test_no_about_every_lesion(spec):
    """It is no if it is no about every lesion that the record knows. Lesions that nobody has
    recorded are not invented."""
    spec.ask(
        PAINFUL_ULCER,
        """
        concept          | present | on         | lesion
        sign.ulcer       | yes     | 2026-11-10 | L1
        sign.lesion_pain | no      | 2026-11-10 | L1
        """,
        "no",
        because=[2],
    )


def test_without_numbers_the_place_tells(spec):
    """Where lesions are not numbered, facts at the same body site and side, as written, are about
    one lesion. A side that is written once and missing once leaves it open."""
    table = """
        concept          | on         | body_site | side
        sign.ulcer       | 2026-11-10 | thigh     | left
        sign.lesion_pain | 2026-11-10 | {}
        """
    spec.ask(PAINFUL_ULCER, table.format("thigh | left"), "yes", because=[1, 2])
    spec.ask(PAINFUL_ULCER, table.format("thigh | right"), "unknown")
    spec.ask(
        PAINFUL_ULCER,
        table.format("thigh | "),
        "unknown",
        missing="sign.lesion_pain: place_uncertain; sign.ulcer: place_uncertain",
    )


def test_a_fact_without_a_place(spec):
    """A fact with neither number nor place could be about any lesion, so it makes no yes."""
    spec.ask(
        PAINFUL_ULCER,
        """
        concept          | on         | lesion
        sign.ulcer       | 2026-11-10 | L1
        sign.lesion_pain | 2026-11-10 |
        """,
        "unknown",
        missing="sign.lesion_pain: place_uncertain",
    )


def test_a_fact_without_a_number_at_the_place_of_a_lesion(spec):
    """A fact without a number belongs to the only lesion recorded at the same body site and side.
    With two lesions there, it may belong to either."""
    table = """
        concept          | on         | lesion | body_site | side
        sign.ulcer       | 2026-11-10 | L1     | thigh     | left
        sign.lesion_pain | 2026-11-10 |        | thigh     | left
        """
    spec.ask(PAINFUL_ULCER, table, "yes", because=[1, 2])
    other = "sign.ulcer | 2026-11-10 | L2 | thigh | left"
    spec.ask(PAINFUL_ULCER, table + other, "unknown")


def test_the_whole_skin_was_free(spec):
    """A "no" for the whole skin is a no about every lesion."""
    spec.ask(
        PAINFUL_ULCER,
        """
        concept    | present | on
        sign.ulcer | no      | 2026-11-10
        """,
        "no",
        because=[1],
    )


def test_what_concerns_the_whole_person(spec):
    """A drug has no lesion; it is judged as ever."""
    spec.ask(
        """
        all:
          - recent: sign.ulcer
            within_days: 30
          - active: drug.warfarin
        same: lesion
        """,
        """
        concept       | on         | from       | lesion
        sign.ulcer    | 2026-11-10 |            | L1
        drug.warfarin |            | 2025-02-01 |
        """,
        "yes",
        because=[1, 2],
    )


def test_so_many_about_one_body_site(spec):
    """`at_least` takes `same` as well; here the body site and side count, not the number."""
    rule = """
        at_least: 2
        of:
          - {recent: sign.livedo, within_days: 30}
          - {recent: sign.induration, within_days: 30}
          - {recent: sign.purpura, within_days: 30}
        same: body_site
        """
    table = """
        concept         | on         | body_site | side | lesion
        sign.livedo     | 2026-11-10 | thigh     | left | L1
        sign.induration | 2026-11-10 | {}
        """
    spec.ask(rule, table.format("thigh | left | L2"), "yes", because=[1, 2])
    spec.ask(rule, table.format("foot | left | L1"), "unknown")
