"""Evidence

Every answer names what decided it: `fact:ID` for a fact, `observed:DOMAIN:FROM` for a declared
span that begins at FROM.
"""

from livedo.assess.evidence import SHOWN_A_LEAF


def test_references(spec):
    """Evidence is sorted and holds references, never values."""
    answer = spec.ask(
        "{any: [{active: drug.warfarin}, {active: drug.phenprocoumon}]}",
        """
        concept            | from
        drug.phenprocoumon | 2025-02-01
        drug.warfarin      | 2026-02-01
        """,
        "yes",
        because=[1, 2],
    )
    assert answer.evidence == ("fact:1", "fact:2")


def test_a_no_by_silence_names_the_span(spec):
    """A no by silence rests on the declared span."""
    answer = spec.ask("active: drug.warfarin", "", "no", observed=["drug 2026-01-01..2026-11-20"])
    assert answer.evidence == ("observed:drug:1767225600000000",)


def test_at_most_eight_a_leaf(spec):
    """At most eight facts a leaf are named, the newest; the others are counted."""
    sessions = "\n".join(f"dialysis.haemodialysis | 2026-11-{day:02}" for day in range(1, 13))
    answer = spec.ask(
        "{recent: dialysis.any, within_days: 30}",
        "concept                | on\n" + sessions,
        "yes",
        because=range(5, 13),
    )
    assert len(answer.evidence) == SHOWN_A_LEAF
    assert answer.evidence_more == 4


def test_when_and_how_much(spec):
    """`decided_at` is when the newest deciding fact began, `value` the deciding number in the
    canonical unit of its concept. An unknown has neither."""
    answer = spec.ask(
        "{latest: lab.phosphate, within_days: 90, above: 5.5 mg/dL}",
        """
        concept       | on                   | value
        lab.phosphate | 2026-11-10T08:00:00Z | 6.2 mg/dL
        """,
        "yes",
        value=2.001937,
    )
    assert answer.value_concept == "lab.phosphate"
    assert answer.decided_at == 1794297600000000


def test_what_is_missing(spec):
    """An unknown names what would have to be known, why it is not, and the newest fact that could
    not be used."""
    answer = spec.ask(
        "{latest: lab.phosphate, within_days: 90, above: 5.5 mg/dL}",
        """
        concept       | on         | interpretation
        lab.phosphate | 2026-11-10 | high
        """,
        "unknown",
        missing="lab.phosphate: value_uncertain",
    )
    assert answer.missing[0].last == "fact:1"
    assert answer.decided_at is None


def test_a_rule_that_fails_takes_no_other_down(spec):
    """A rule that cannot be judged answers unknown, `rule_failed`, and says nothing about the
    patient. The others answer as always."""
    from livedo.knowledge.invented import patient_from_case
    from livedo.knowledge.vocabulary import load_vocabulary
    from tests.spec.example import case_of, engine_of

    rules = {
        "risk/broken": "{latest: lab.phosphate, above: 5.5 miles}",
        "risk/asks_broken": "rule: risk/broken",
        "risk/sound": "person: dead",
    }
    engine = engine_of(rules)
    assert set(engine.broken) == {"risk/broken"}
    record, as_of = patient_from_case(case_of("", (), "2026-11-20", {}), load_vocabulary())
    answers = engine.judge(record, as_of).answers
    assert answers["risk/sound"].status.value == "no"
    for name in ("risk/broken", "risk/asks_broken"):
        assert answers[name].status.value == "unknown"
        assert [(one.concept, one.why) for one in answers[name].missing] == [
            ("risk/broken", "rule_failed")
        ]
