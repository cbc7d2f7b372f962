"""same: about one sample of tissue

With `same: sample` the parts, all of them findings of microscopy, must have been made in one and
the same biopsy. Which findings are of one biopsy is our reading.
"""

CALCIUM_WITH_THROMBUS = """
    all:
      - latest: histology.media_calcification
        present: true
      - latest: histology.thrombus
        present: true
    same: sample
    """


def test_one_day(spec):
    """Findings of one day are of one sample, findings of two days of two."""
    table = """
        concept                       | on
        histology.media_calcification | 2026-11-10
        histology.thrombus            | {}
        """
    spec.ask(CALCIUM_WITH_THROMBUS, table.format("2026-11-10"), "yes", because=[1, 2])
    spec.ask(CALCIUM_WITH_THROMBUS, table.format("2026-11-12"), "unknown")


def test_two_lesions_or_places_of_one_day(spec):
    """Where the lesion or the body site is stated, it tells two samples of one day apart."""
    for column in ("lesion", "body_site"):
        table = f"""
            concept                       | on         | {column}
            histology.media_calcification | 2026-11-10 | thigh
            histology.thrombus            | 2026-11-10 | {{}}
            """
        spec.ask(CALCIUM_WITH_THROMBUS, table.format("thigh"), "yes", because=[1, 2])
        spec.ask(CALCIUM_WITH_THROMBUS, table.format("abdomen"), "unknown")


def test_a_no_speaks_for_its_own_sample(spec):
    """A change reported absent in one sample says nothing of another."""
    table = """
        concept                       | present | on
        histology.media_calcification | yes     | 2026-11-10
        histology.thrombus            | no      | {}
        """
    spec.ask(CALCIUM_WITH_THROMBUS, table.format("2026-11-10"), "no")
    spec.ask(CALCIUM_WITH_THROMBUS, table.format("2026-11-12"), "unknown")


def test_an_imprecise_date(spec):
    """A month and a day of that month may be one sample or two: that is unknown."""
    spec.ask(
        CALCIUM_WITH_THROMBUS,
        """
        concept                       | on
        histology.media_calcification | 2026-10
        histology.thrombus            | 2026-10-12
        """,
        "unknown",
    )
