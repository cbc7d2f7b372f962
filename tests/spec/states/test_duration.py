"""duration: how long the present episode has lasted"""

LONG = "{duration: dialysis.any, above: 5 years, gap_days: 90}"


def test_an_episode_of_one_fact(spec):
    """The episode lasts from the start of its first fact to the moment of judgement."""
    spec.ask(
        LONG,
        """
        concept                | from
        dialysis.haemodialysis | 2020-03-01
        """,
        "yes",
        because=[1],
    )


def test_facts_with_small_gaps_are_one_episode(spec):
    """Facts with gaps of at most `gap_days` are one episode; a longer gap begins a new one."""
    table = """
        concept                     | from       | until
        dialysis.peritoneal         | 2019-03-01 | {}
        dialysis.haemodialysis      | 2023-06-01 |
        """
    spec.ask(LONG, table.format("2023-04-15"), "yes", because=[1, 2], observed=["dialysis"])
    spec.ask(LONG, table.format("2022-12-01"), "no", observed=["dialysis"])


def test_the_longest_length_takes_a_span_with_history(spec):
    """What the record holds is the shortest length: there may have been dialysis before, that this
    source does not know. Only an observed span with history makes a short episode surely short."""
    table = """
        concept                | from
        dialysis.haemodialysis | 2024-03-01
        """
    spec.ask(LONG, table, "unknown", missing="dialysis.any: not_observed")
    spec.ask(LONG, table, "no", observed=["dialysis"], because=[1, "dialysis"])


def test_below(spec):
    """`below` needs the longest length, and so a span with history, for a yes."""
    rule = "{duration: dialysis.any, below: 1 year, gap_days: 90}"
    table = """
        concept                | from
        dialysis.haemodialysis | {}
        """
    spec.ask(rule, table.format("2026-03-01"), "unknown")
    spec.ask(rule, table.format("2026-03-01"), "yes", observed=["dialysis"])
    spec.ask(rule, table.format("2024-03-01"), "no", because=[1])


def test_an_imprecise_start(spec):
    """A start in "2021" makes an episode of somewhat less or more than five years."""
    rule = "{duration: dialysis.any, at_least: 5 years}"
    table = """
        concept                | from
        dialysis.haemodialysis | {}
        """
    spec.ask(
        rule,
        table.format("2021"),
        "unknown",
        observed=["dialysis"],
        missing="dialysis.any: date_uncertain",
    )
    spec.ask(rule, table.format("2020"), "yes")
    spec.ask(rule, table.format("2022"), "no", observed=["dialysis"])


def test_sessions(spec):
    """Single sessions make an episode too, where no gap is longer than `gap_days`."""
    spec.ask(
        "{duration: dialysis.any, at_least: 4 weeks, gap_days: 14}",
        """
        concept                | on
        dialysis.haemodialysis | 2026-10-10
        dialysis.haemodialysis | 2026-10-22
        dialysis.haemodialysis | 2026-11-02
        dialysis.haemodialysis | 2026-11-12
        """,
        "yes",
        because=[1, 2, 3, 4],
    )


def test_no_present_episode(spec):
    """An episode that has ended is not the present one. If there is none, and the span declared
    with history says so, the answer is no."""
    table = """
        concept                | from       | until
        dialysis.haemodialysis | 2010-03-01 | 2018-06-01
        """
    spec.ask(LONG, table, "unknown", missing="dialysis.any: not_observed")
    spec.ask(LONG, table, "no", observed=["dialysis"], because=["dialysis"])
