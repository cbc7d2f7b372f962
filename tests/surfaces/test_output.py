"""Output files appear whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from livedo.errors import OutputUnwritable
from livedo.surfaces.output import text_out, whole_file, write_whole


def test_a_file_is_written_with_the_rights_of_an_ordinary_file(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    write_whole(tmp_path / "new" / "list.csv", "person_id\n")
    written = tmp_path / "new" / "list.csv"
    assert written.read_text() == "person_id\n"
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


def write_half(target: Path) -> None:
    with text_out(target) as out:
        out.write("half")
        raise ZeroDivisionError


def test_an_error_half_way_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_half(target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputUnwritable) as caught, whole_file(tmp_path / "file" / "below.csv"):
        pass
    assert "below.csv" in caught.value.where
    assert "nothing partial" in caught.value.still_works
