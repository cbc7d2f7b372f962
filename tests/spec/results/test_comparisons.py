"""Comparisons

A value is an interval: an exact number, an open end such as ">2500", or a word. A comparison that
is true for the whole interval is yes, for none of it no, else unknown.
"""

PTH = "{{latest: lab.pth_intact, {} }}"
ONE = """
    concept        | on         | value    | reference    | interpretation
    lab.pth_intact | 2026-11-10 | {value} | {reference} | {word}
    """


def pth(value="", reference="", word=""):
    return ONE.format(value=value, reference=reference, word=word)


def asks(spec, comparison, *cases):
    for patient, answer in cases:
        spec.ask(PTH.format(comparison), patient, answer)


def test_above_and_at_least(spec):
    """`above` does not hold on the threshold itself, `at_least` does."""
    asks(spec, "above: 65 pmol/L", (pth("65 pmol/L"), "no"), (pth("66 pmol/L"), "yes"))
    asks(spec, "at_least: 65 pmol/L", (pth("64 pmol/L"), "no"), (pth("65 pmol/L"), "yes"))


def test_below_and_at_most(spec):
    """`below` does not hold on the threshold itself, `at_most` does."""
    asks(spec, "below: 10 pmol/L", (pth("10 pmol/L"), "no"), (pth("9 pmol/L"), "yes"))
    asks(spec, "at_most: 10 pmol/L", (pth("10 pmol/L"), "yes"), (pth("11 pmol/L"), "no"))


def test_between_and_outside(spec):
    """`between` includes both ends, `outside` neither."""
    asks(
        spec, "between: [15 pmol/L, 65 pmol/L]", (pth("15 pmol/L"), "yes"), (pth("66 pmol/L"), "no")
    )
    asks(
        spec, "outside: [15 pmol/L, 65 pmol/L]", (pth("65 pmol/L"), "no"), (pth("14 pmol/L"), "yes")
    )


def test_an_open_end(spec):
    """ ">200" is above 65 and not below 10; whether it is above 300 cannot be told."""
    asks(spec, "above: 65 pmol/L", (pth(">200 pmol/L"), "yes"))
    asks(spec, "below: 10 pmol/L", (pth(">200 pmol/L"), "no"))
    asks(spec, "above: 300 pmol/L", (pth(">200 pmol/L"), "unknown"))
    asks(spec, "below: 10 pmol/L", (pth("<5 pmol/L"), "yes"))


def test_a_range(spec):
    """A range is decided only if both its ends agree."""
    asks(
        spec,
        "above: 65 pmol/L",
        (pth("70..90 pmol/L"), "yes"),
        (pth("60..90 pmol/L"), "unknown"),
        (pth("50..60 pmol/L"), "no"),
    )


def test_words_for_above(spec):
    """Without a number, `normal` and `low` answer no to above. `high` for the laboratory need not
    be high for the rule: it is unknown unless the rule says `or_word: high`."""
    asks(
        spec,
        "above: 65 pmol/L",
        (pth(word="normal"), "no"),
        (pth(word="low"), "no"),
        (pth(word="high"), "unknown"),
    )
    asks(spec, "above: 65 pmol/L, or_word: high", (pth(word="high"), "yes"))


def test_words_for_below(spec):
    """Below is the mirror image."""
    asks(
        spec,
        "below: 10 pmol/L",
        (pth(word="normal"), "no"),
        (pth(word="high"), "no"),
        (pth(word="low"), "unknown"),
    )
    asks(spec, "below: 10 pmol/L, or_word: low", (pth(word="low"), "yes"))


def test_a_word_never_overrules_a_number(spec):
    """Where there is a number, the number is compared."""
    asks(spec, "above: 65 pmol/L, or_word: high", (pth("40 pmol/L", word="high"), "no"))


def test_above_the_upper_limit(spec):
    """`above_upper_limit: 2` is more than twice the upper limit of the result's own reference
    interval. Without a reference interval it is unknown, save that `normal` and `low` are no."""
    asks(
        spec,
        "above_upper_limit: 2",
        (pth("15 pmol/L", "1.6..7 pmol/L"), "yes"),
        (pth("14 pmol/L", "1.6..7 pmol/L"), "no"),
        (pth("15 pmol/L"), "unknown"),
        (pth(word="normal"), "no"),
        (pth(word="high"), "unknown"),
    )


def test_a_result_called_high_is_above_its_upper_limit(spec):
    """For the limit itself, a factor of 1, the word `high` is enough."""
    asks(spec, "above_upper_limit: 1", (pth(word="high"), "yes"))


def test_below_a_limit(spec):
    """`below_upper_limit` and `below_lower_limit` likewise."""
    asks(
        spec,
        "below_upper_limit: 2",
        (pth("13 pmol/L", "1.6..7 pmol/L"), "yes"),
        (pth("14 pmol/L", "1.6..7 pmol/L"), "no"),
        (pth(word="normal"), "yes"),
        (pth(word="high"), "unknown"),
    )
    asks(
        spec,
        "below_lower_limit: 1",
        (pth("1.5 pmol/L", "1.6..7 pmol/L"), "yes"),
        (pth("1.6 pmol/L", "1.6..7 pmol/L"), "no"),
        (pth(word="low"), "yes"),
        (pth(word="normal"), "no"),
    )


def test_outside_the_reference_interval(spec):
    """`outside_reference` compares with the result's own reference interval; a limit that the
    laboratory does not state is none. Without a number the words high, low and abnormal are yes,
    normal is no."""
    asks(
        spec,
        "outside_reference: true",
        (pth("8 pmol/L", "1.6..7 pmol/L"), "yes"),
        (pth("7 pmol/L", "..7 pmol/L"), "no"),
        (pth("7 pmol/L"), "unknown"),
        (pth(word="abnormal"), "yes"),
        (pth(word="normal"), "no"),
        (pth(word="positive"), "unknown"),
    )
    asks(spec, "outside_reference: false", (pth("7 pmol/L", "1.6..7 pmol/L"), "yes"))


def test_interpreted(spec):
    """`interpreted` takes words. High, low and positive are abnormal; abnormal alone may be any
    of them. Where a number and its reference interval are given, they make the word."""
    asks(
        spec,
        "interpreted: [high]",
        (pth(word="high"), "yes"),
        (pth(word="normal"), "no"),
        (pth(word="abnormal"), "unknown"),
        (pth("8 pmol/L", "1.6..7 pmol/L"), "yes"),
        (pth("8 pmol/L"), "unknown"),
    )
    asks(spec, "interpreted: [abnormal]", (pth(word="low"), "yes"))


def test_present(spec):
    """`present: true` asks whether a finding was seen, `present: false` whether it was not."""
    seen = """
        concept     | present | on
        sign.livedo | yes     | 2026-11-10
        """
    not_seen = seen.replace("yes", "no ")
    for asked, patient, answer in (
        ("true", seen, "yes"),
        ("true", not_seen, "no"),
        ("false", seen, "no"),
        ("false", not_seen, "yes"),
    ):
        spec.ask(f"{{latest: sign.livedo, present: {asked} }}", patient, answer)


def test_numbers_that_were_computed(spec):
    """Numbers are compared with a relative tolerance of one part in a billion, so that a threshold
    converted from one unit to another is met by the value converted the same way."""
    asks(spec, "at_least: 613 pg/mL", (pth("613 pg/mL"), "yes"))
    asks(spec, "above: 613 pg/mL", (pth("613 pg/mL"), "no"))
