"""Data flow from left to right; imports go the same way and never back."""

from __future__ import annotations

import pytest

from tests.architecture.source_tree import Module, imports, modules

ROOMS = ("knowledge", "sources", "record", "decisions", "assess", "registry", "act", "surfaces")
SIDE_BY_SIDE = {("act", "registry")}
"""What one patient needs and what is learned from many never import each other."""
PLAIN = {"errors", "quantity", "instants", "config", "access", "audit", "__init__", "__main__"}
SHAPE_OF_A_ROW = "livedo.record.tables"


def may_import(module: Module, target: str) -> bool:
    """Whether the arrow from a module to an imported name points downwards."""
    parts = target.split(".")
    to_room = parts[1] if len(parts) > 1 else "__init__"
    if module.room in {"__init__", "__main__"} or to_room == module.room:
        return True
    if to_room not in {*ROOMS, "demo"}:
        return True
    if module.room in PLAIN:
        return False
    if target.startswith(SHAPE_OF_A_ROW):
        return module.room in {"sources", "demo", "knowledge"} or to_room_is_left(module, to_room)
    if module.room == "demo":
        return to_room == "knowledge"
    if to_room == "demo":
        return module.room == "surfaces"
    return to_room_is_left(module, to_room)


def to_room_is_left(module: Module, to_room: str) -> bool:
    """Whether the imported room stands to the left of the importing one."""
    is_left = ROOMS.index(to_room) < ROOMS.index(module.room)
    return is_left and (module.room, to_room) not in SIDE_BY_SIDE


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_every_import_points_to_a_room_on_the_left(module: Module) -> None:
    wrong = [target for target in imports(module) if not may_import(module, target)]
    assert wrong == []


def test_every_room_is_known() -> None:
    known = {*ROOMS, *PLAIN, "demo"}
    assert {module.room for module in modules()} <= known
