"""The manual is what the specification says."""

from livedo.assess.compare import COMPARISONS
from livedo.assess.compile import conditions_in
from livedo.knowledge.schema import KINDS, Comparison
from tests.spec.example import rule_of
from tests.spec.manual import CHAPTERS, MANUAL, all_examples, manual


def test_the_manual_is_up_to_date():
    assert MANUAL.read_text(encoding="utf-8") == manual(), "run: python -m tests.spec.manual"


def test_every_kind_of_condition_has_a_section():
    sections = {section for sections in CHAPTERS.values() for section in sections}
    assert set(KINDS) <= sections


def test_every_section_file_is_in_the_manual():
    folder = MANUAL.parents[2] / "tests" / "spec"
    files = {path.stem.removeprefix("test_") for path in folder.glob("*/test_*.py")}
    assert files == {section for sections in CHAPTERS.values() for section in sections}


def test_every_kind_and_every_comparison_has_an_example():
    shown = [part for example in all_examples() for part in _conditions(example)]
    assert {type(condition) for condition in shown} == set(KINDS.values())
    compared = [condition for condition in shown if isinstance(condition, Comparison)]
    assert set(COMPARISONS) == {
        name for name in COMPARISONS for one in compared if getattr(one, name) is not None
    }


def _conditions(example):
    for text in (example.rule, *example.others.values()):
        yield from conditions_in(rule_of("risk/asked", text).when)
