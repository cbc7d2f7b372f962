"""Size is the cheapest proxy for what a person can review."""

from __future__ import annotations

from tests.architecture.source_tree import functions, modules

LONGEST_FUNCTION = 100
LONGEST_MODULE = 500
MEDIAN_FUNCTION = 10
NINE_IN_TEN_FUNCTION = 30
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


def lengths() -> list[int]:
    return sorted(length for module in modules() for _, length in functions(module))


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{module.name}:{name} has {length} lines"
        for module in modules()
        for name, length in functions(module)
        if length > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_module_is_longer_than_five_hundred_lines() -> None:
    assert [m.name for m in modules() if m.lines > LONGEST_MODULE] == []


def test_half_of_all_functions_are_short() -> None:
    all_lengths = lengths()
    assert all_lengths[len(all_lengths) // 2] <= MEDIAN_FUNCTION


def test_nine_in_ten_functions_fit_in_thirty_lines() -> None:
    all_lengths = lengths()
    assert all_lengths[len(all_lengths) * 9 // 10] <= NINE_IN_TEN_FUNCTION


def test_no_module_is_named_for_odds_and_ends() -> None:
    assert [m.name for m in modules() if m.path.stem in FORBIDDEN_NAMES] == []
