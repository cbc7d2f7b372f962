"""rule: another rule's answer"""

OTHERS = {"risk/high_phosphate": "{latest: lab.phosphate, within_days: 90, above: 5.5 mg/dL}"}
HIGH = """
    concept       | on         | value
    lab.phosphate | 2026-11-10 | 2.4 mmol/L
    """


def test_another_rule(spec):
    """The answer of another rule, with its evidence."""
    spec.ask("rule: risk/high_phosphate", HIGH, "yes", others=OTHERS, because=[1])
    spec.ask(
        "rule: risk/high_phosphate",
        "",
        "unknown",
        others=OTHERS,
        missing="lab.phosphate: never_measured",
    )


def test_another_rule_is_no(spec):
    """`is: no` asks whether the other rule answers no; unknown stays unknown."""
    spec.ask("{rule: risk/high_phosphate, is: no}", HIGH, "no", others=OTHERS)
    spec.ask("{rule: risk/high_phosphate, is: no}", "", "unknown", others=OTHERS)


def test_not_knowing_is_the_finding(spec):
    """`is: unknown`, for worklists only, holds where the other rule cannot tell. What is missing
    there is passed on."""
    rule = "{rule: risk/high_phosphate, is: unknown}"
    spec.ask(rule, "", "yes", others=OTHERS, missing="lab.phosphate: never_measured")
    spec.ask(rule, HIGH, "no", others=OTHERS)
