"""Loading: files in, checked objects out, and nothing left out silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.errors import KnowledgeInvalid
from livedo.knowledge.load import SHIPPED, Knowledge, load_knowledge
from livedo.knowledge.schema import Active, Latest, RuleIs

RULE = """\
id: {id}
title: {{en: {title}, da: {title} på dansk}}
asks: {{en: Is it so?, da: Er det sådan?}}
when: {when}
"""


def write(folder: Path, rule_id: str, when: str) -> None:
    path = folder / "rules" / f"{rule_id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = RULE.format(id=rule_id, title=rule_id.replace("/", " "), when=when)
    path.write_text(text, encoding="utf-8")


def test_a_rule_is_read_with_its_condition_and_its_kind(tmp_path: Path) -> None:
    write(tmp_path, "risk/high", "{latest: lab.phosphate, within_days: 90, above: 5.5 mg/dL}")
    rule = Knowledge.from_folder(tmp_path).rules["risk/high"]
    assert rule.kind == "risk"
    assert rule.when == Latest(latest="lab.phosphate", within_days=90, above="5.5 mg/dL")
    assert rule.review.by is None


def test_one_source_of_a_number_may_be_written_without_a_list(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{person: dead}\nthreshold_from: local convention, no source")
    rule = Knowledge.from_folder(tmp_path).rules["risk/a"]
    assert rule.threshold_from == ("local convention, no source",)


def test_a_rule_stands_after_the_rules_it_asks(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{rule: risk/c}")
    write(tmp_path, "risk/b", "{person: dead}")
    write(tmp_path, "risk/c", "{not: {rule: risk/b, is: no}}")
    knowledge = Knowledge.from_folder(tmp_path)
    assert list(knowledge.rules) == ["risk/b", "risk/c", "risk/a"]
    assert list(knowledge.needed_by("risk/c")) == ["risk/b", "risk/c"]


def test_rules_that_ask_in_a_circle_are_refused_with_the_circle(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{rule: risk/b}")
    write(tmp_path, "risk/b", "{rule: risk/a}")
    with pytest.raises(KnowledgeInvalid, match="cannot be used") as caught:
        Knowledge.from_folder(tmp_path)
    assert "risk/a -> risk/b -> risk/a" in caught.value.where


def test_a_rule_that_asks_a_missing_rule_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{rule: risk/gone}")
    with pytest.raises(KnowledgeInvalid) as caught:
        Knowledge.from_folder(tmp_path)
    assert "asks risk/gone, which does not exist" in caught.value.where


def test_all_unreadable_rules_are_named_together(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{latest: lab.phosphate, over: 5.5 mg/dL}")
    write(tmp_path, "risk/b", "{active: drug.warfarin, ever: drug.warfarin}")
    write(tmp_path, "risk/c", "[")
    with pytest.raises(KnowledgeInvalid, match="3 file") as caught:
        Knowledge.from_folder(tmp_path)
    assert [f"risk/{name}.yaml" in caught.value.where for name in "abc"] == [True] * 3
    assert "livedo knowledge check" in caught.value.next_step


@pytest.mark.parametrize(
    "when",
    [
        "{latest: lab.phosphate, above: [1, 2]}",
        "{any: {person: dead}}",
        "{all: [], any: []}",
        "{at_least: two, of: []}",
        "{not: {person: dead}, same: lesion}",
        "{all: [], same: nothing}",
        "5",
        "{}",
    ],
)
def test_a_condition_of_no_known_shape_is_refused(tmp_path: Path, when: str) -> None:
    write(tmp_path, "risk/a", when)
    with pytest.raises(KnowledgeInvalid):
        Knowledge.from_folder(tmp_path)


def test_a_rule_whose_path_is_not_its_id_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{person: dead}")
    (tmp_path / "rules" / "risk" / "a.yaml").rename(tmp_path / "rules" / "risk" / "b.yaml")
    with pytest.raises(KnowledgeInvalid, match="cannot be used"):
        Knowledge.from_folder(tmp_path)


def test_at_least_names_a_kind_only_beside_of(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{at_least: 1, of: [{rule: risk/b}, {active: drug.warfarin}]}")
    write(tmp_path, "risk/b", "{duration: dialysis.any, at_least: 5 years}")
    rules = Knowledge.from_folder(tmp_path).rules
    assert rules["risk/a"].when.of == (RuleIs(rule="risk/b"), Active(active="drug.warfarin"))  # type: ignore[union-attr]
    assert rules["risk/b"].when.at_least == "5 years"  # type: ignore[union-attr]


def test_the_version_changes_with_any_byte_and_with_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{person: dead}")
    first = Knowledge.from_folder(tmp_path).version
    assert Knowledge.from_folder(tmp_path).version == first
    write(tmp_path, "risk/a", "{person: dead} ")
    assert Knowledge.from_folder(tmp_path).version != first


def test_what_a_folder_does_not_hold_is_taken_from_the_shipped_knowledge(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{person: dead}")
    knowledge = Knowledge.from_folder(tmp_path)
    shipped = load_knowledge()
    assert knowledge.states == shipped.states
    assert knowledge.next_steps == shipped.next_steps
    assert knowledge.wording("da").text("prose.person.dead") == "personen er død"


def test_a_folder_may_word_a_single_text_anew(tmp_path: Path) -> None:
    (tmp_path / "wording" / "en").mkdir(parents=True)
    (tmp_path / "wording" / "en" / "prose.yaml").write_text("person: {dead: the patient died}\n")
    words = Knowledge.from_folder(tmp_path).wording("en")
    assert words.text("prose.person.dead") == "the patient died"
    assert words.text("prose.person.female") == "the person is a woman"


def test_states_and_groups_come_in_their_order() -> None:
    knowledge = load_knowledge()
    assert [state.id for state in knowledge.states][:3] == ["disseminated", "ulcerated", "lesion"]
    assert [group.id for group in knowledge.groups][:2] == ["danger_now", "possible_early_disease"]


def test_every_shipped_rule_stands_after_the_rules_it_asks() -> None:
    seen: set[str] = set()
    for rule_id in load_knowledge().rules:
        assert set(load_knowledge().needed_by(rule_id)) - {rule_id} <= seen
        seen.add(rule_id)


def test_the_shipped_knowledge_is_read_once() -> None:
    assert load_knowledge() is load_knowledge()
    assert load_knowledge().folder == SHIPPED


def test_other_rules_are_another_version(tmp_path: Path) -> None:
    write(tmp_path, "risk/a", "{person: dead}")
    write(tmp_path, "risk/b", "{person: dead}")
    knowledge = Knowledge.from_folder(tmp_path)
    one = knowledge.with_rules({"risk/a": knowledge.rules["risk/a"]})
    assert one.version != knowledge.version
    assert one.version == knowledge.with_rules(one.rules).version
