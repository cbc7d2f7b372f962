"""where: only some facts count

A fact that does not say what `where` asks for may or may not count: it can make the answer unknown,
never yes.
"""


def test_body_site(spec):
    """A body site, or a class of body sites: the thigh is proximal."""
    rule = "{recent: sign.livedo, within_days: 30, where: {body_site: [proximal]}}"
    table = """
        concept     | on         | body_site
        sign.livedo | 2026-11-10 | {}
        """
    spec.ask(rule, table.format("thigh"), "yes", because=[1])
    spec.ask(rule, table.format("foot"), "unknown", missing="sign.livedo: place_uncertain")
    spec.ask(rule, table.format(""), "unknown", missing="sign.livedo: place_uncertain")


def test_side(spec):
    """A finding on both sides is on the left."""
    rule = "{recent: sign.livedo, within_days: 30, where: {body_site: [thigh], side: left}}"
    table = """
        concept     | on         | body_site | side
        sign.livedo | 2026-11-10 | thigh     | {}
        """
    spec.ask(rule, table.format("both"), "yes")
    spec.ask(rule, table.format("right"), "unknown")
    spec.ask(rule, table.format(""), "unknown", missing="sign.livedo: place_uncertain")


def test_route(spec):
    """Heparin under the skin, or heparin in the dialysis circuit: without a route it is open."""
    rule = "{active: drug.heparin, where: {route: [subcutaneous]}}"
    table = """
        concept      | from       | route
        drug.heparin | 2026-01-01 | {}
        """
    spec.ask(rule, table.format("subcutaneous"), "yes")
    spec.ask(rule, table.format("haemodialysis_circuit"), "no", observed=["drug"])
    spec.ask(
        rule,
        table.format(""),
        "unknown",
        observed=["drug"],
        missing="drug.heparin: value_uncertain",
    )


def test_any_route_but(spec):
    """`not_route` leaves routes out."""
    rule = "{active: drug.heparin, where: {not_route: [haemodialysis_circuit]}}"
    table = """
        concept      | from       | route
        drug.heparin | 2026-01-01 | {}
        """
    spec.ask(rule, table.format("subcutaneous"), "yes")
    spec.ask(rule, table.format("haemodialysis_circuit"), "no", observed=["drug"])


def test_interpreted(spec):
    """A finding with a word, such as severe pain."""
    rule = "{recent: sign.lesion_pain, within_days: 30, where: {interpreted: [severe]}}"
    table = """
        concept          | on         | interpretation
        sign.lesion_pain | 2026-11-10 | {}
        """
    spec.ask(rule, table.format("severe"), "yes")
    spec.ask(rule, table.format(""), "unknown", missing="sign.lesion_pain: value_uncertain")


def test_dose(spec):
    """The dose a day, whatever unit it was ordered in. A dose that is not stated, or not
    convertible, is open."""
    rule = "{active: drug.calcium_carbonate, where: {dose: {at_least: 1500 mg/d}}}"
    table = """
        concept                | from       | dose
        drug.calcium_carbonate | 2026-01-01 | {}
        """
    spec.ask(rule, table.format("1.5 g/d"), "yes")
    spec.ask(rule, table.format("1250 mg/d"), "no", observed=["drug"])
    spec.ask(
        rule,
        table.format(""),
        "unknown",
        observed=["drug"],
        missing="drug.calcium_carbonate: value_uncertain",
    )
    above = rule.replace("at_least", "above")
    spec.ask(above, table.format("1500 mg/d"), "no", observed=["drug"])


def test_the_newest_that_counts(spec):
    """`latest` takes the newest fact that counts. A newer one that may count must agree."""
    rule = """
        latest: sign.lesion_pain
        within_days: 90
        interpreted: [severe]
        where: {body_site: [thigh]}
        """
    table = """
        concept          | on         | body_site | interpretation
        sign.lesion_pain | 2026-10-10 | thigh     | severe
        sign.lesion_pain | 2026-11-10 | {}        | mild
        """
    spec.ask(rule, table.format("foot"), "yes", because=[1])
    spec.ask(rule, table.format(""), "unknown", missing="sign.lesion_pain: place_uncertain")


def test_a_no_for_the_whole_skin_is_a_no_for_each_place(spec):
    """A "no" without a body site is the newest word on every body site."""
    spec.ask(
        "{latest: sign.ulcer, within_days: 90, present: true, where: {body_site: [thigh]}}",
        """
        concept    | present | on         | body_site
        sign.ulcer | yes     | 2026-10-01 | thigh
        sign.ulcer | no      | 2026-11-01 |
        """,
        "no",
        because=[2],
    )


def test_drafts(spec):
    """What is about to be prescribed is seen by whoever asks for drafts, and by nobody else."""
    rule = "{active: drug.warfarin, where: {status: draft}}"
    table = """
        concept       | from       | status
        drug.warfarin | 2026-11-20 | {}
        """
    spec.ask(rule, table.format("draft"), "yes", because=[1])
    spec.ask(rule, table.format("active"), "no", observed=["draft"])
    spec.ask(rule, table.format("active"), "unknown", missing="drug.warfarin: not_observed")
    spec.ask("{active: drug.warfarin}", table.format("draft"), "no", observed=["drug"])
