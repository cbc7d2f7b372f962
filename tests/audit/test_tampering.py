"""Nobody can change the log without it being found."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from livedo.audit.check import verify
from livedo.audit.log import open_log
from livedo.errors import AuditChanged, AuditUnwritable
from tests.audit.logs import NOW, seen, written

TAMPERINGS = 1000


def remove_a_line(lines: list[bytes], chance: random.Random) -> list[bytes]:
    place = chance.randrange(len(lines))
    return lines[:place] + lines[place + 1 :]


def change_a_byte(lines: list[bytes], chance: random.Random) -> list[bytes]:
    place = chance.randrange(len(lines))
    at = chance.randrange(len(lines[place]))
    old = lines[place]
    new = (old[at] + chance.randrange(1, 256)) % 256
    return [*lines[:place], old[:at] + bytes([new]) + old[at + 1 :], *lines[place + 1 :]]


def swap_two_lines(lines: list[bytes], chance: random.Random) -> list[bytes]:
    one, other = chance.sample(range(len(lines)), 2)
    moved = list(lines)
    moved[one], moved[other] = moved[other], moved[one]
    return moved


def cut_the_end(lines: list[bytes], chance: random.Random) -> list[bytes]:
    whole = b"".join(lines)
    return [whole[: chance.randrange(len(whole))]]


def cut_whole_lines(lines: list[bytes], chance: random.Random) -> list[bytes]:
    return lines[: chance.randrange(len(lines))]


def repeat_a_line(lines: list[bytes], chance: random.Random) -> list[bytes]:
    place = chance.randrange(len(lines) + 1)
    return [*lines[:place], chance.choice(lines), *lines[place:]]


def put_in_bytes(lines: list[bytes], chance: random.Random) -> list[bytes]:
    place = chance.randrange(len(lines))
    return [*lines[:place], chance.randbytes(chance.randrange(1, 90)), *lines[place:]]


def put_in_a_line(lines: list[bytes], chance: random.Random) -> list[bytes]:
    place = chance.randrange(len(lines) + 1)
    forged = chance.choice(lines).replace(b"nurse-17", b"nurse-18").replace(b"livedo", b"Livedo")
    return [*lines[:place], forged, *lines[place:]]


WAYS: tuple[Callable[[list[bytes], random.Random], list[bytes]], ...] = (
    remove_a_line, change_a_byte, swap_two_lines, cut_the_end, cut_whole_lines, repeat_a_line,
    put_in_bytes, put_in_a_line,
)  # fmt: skip


def test_a_log_as_it_was_written_is_fine(tmp_path: Path) -> None:
    found = verify(written(tmp_path / "audit.log", 40))
    assert (found.lines, found.torn, found.is_open_ended) == (41, (), False)


def test_a_thousand_random_tamperings_are_all_found(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 40)
    lines = path.read_bytes().splitlines(keepends=True)
    chance = random.Random(20261120)
    missed = []
    for number in range(TAMPERINGS):
        way = WAYS[number % len(WAYS)]
        path.write_bytes(b"".join(way(lines, chance)))
        try:
            verify(path)
        except AuditChanged:
            continue
        missed.append((number, way.__name__))
    assert missed == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [*lines[:5], *lines[6:]], 6),
        (lambda lines: [*lines[:5], lines[5].replace(b"shown", b"seen "), *lines[6:]], 6),
        (lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]], 6),
        (lambda lines: lines[:5], 6),
    ],
    ids=["removed", "changed", "moved", "cut off"],
)
def test_the_message_says_which_line(
    tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], line: int
) -> None:
    path = written(tmp_path / "audit.log", 10)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(AuditChanged, match=rf"line {line} "):
        verify(path)


def test_a_log_written_anew_without_the_key_is_found(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 5)
    key = (tmp_path / "audit.log.key").read_bytes()
    other = written(tmp_path / "other" / "audit.log", 5)
    for name in ("audit.log", "audit.log.head"):
        (tmp_path / name).write_bytes((other.parent / name).read_bytes())
    assert (tmp_path / "audit.log.key").read_bytes() == key
    with pytest.raises(AuditChanged, match="line 1 "):
        verify(path)


@pytest.mark.parametrize("take", ["audit.log", "audit.log.head"])
def test_a_log_without_its_lines_or_its_head_is_not_continued(tmp_path: Path, take: str) -> None:
    path = written(tmp_path / "audit.log", 5)
    (tmp_path / take).unlink()
    with pytest.raises(AuditChanged):
        open_log(path, now=NOW)


def test_a_log_that_was_cut_is_not_continued(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 5)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(AuditChanged):
        open_log(path, now=NOW)


def test_a_log_without_its_key_is_not_continued(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 5)
    (tmp_path / "audit.log.key").unlink()
    with pytest.raises(AuditUnwritable):
        open_log(path, now=NOW)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 5)
    key = tmp_path / "audit.log.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o640)
    with pytest.raises(AuditUnwritable, match="other accounts"):
        open_log(path, now=NOW)


def test_an_event_cannot_name_a_person_by_a_name() -> None:
    with pytest.raises(ValueError, match="opaque link"):
        seen(person="Kirsten Birkesø")
