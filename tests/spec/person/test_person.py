"""person: age, sex, being dead"""


def test_age(spec):
    """Age counts whole years, that is birthdays."""
    rule = "{person: age, at_least: 65 years}"
    spec.ask(rule, "", "yes", born="1961-11-20")
    spec.ask(rule, "", "no", born="1961-11-21")


def test_age_from_a_year_of_birth(spec):
    """A year of birth makes an interval of ages."""
    rule = "{person: age, at_least: 65 years}"
    spec.ask(rule, "", "unknown", born="1961", missing="person.age: date_uncertain")
    spec.ask(rule, "", "yes", born="1960")
    spec.ask(rule, "", "unknown", missing="person.age: never_measured")


def test_sex(spec):
    """Sex as recorded; unknown stays unknown."""
    rule = "{person: sex, is: female}"
    spec.ask(rule, "", "yes", sex="female")
    spec.ask(rule, "", "no", sex="male")
    spec.ask(rule, "", "unknown", missing="person.sex: never_measured")


def test_dead(spec):
    """Dead from the day of death. A later death is not known yet."""
    rule = "person: dead"
    spec.ask(rule, "", "yes", died="2026-11-01")
    spec.ask(rule, "", "no", died="2026-12-01")
    spec.ask(rule, "", "no")


def test_dead_without_a_date(spec):
    """A death without a date lies after the newest thing known about the person; before that the
    answer is unknown."""
    rule = "person: dead"
    table = """
        concept       | on         | value
        lab.phosphate | 2026-09-01 | 1.5 mmol/L
        """
    spec.ask(rule, table, "yes", died="unknown")
    spec.ask(
        rule,
        table,
        "unknown",
        died="unknown",
        as_of="2026-08-01",
        missing="person.dead: date_uncertain",
    )
