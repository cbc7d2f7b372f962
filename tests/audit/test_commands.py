"""`livedo audit`: what whoever answers for the log reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from livedo.surfaces.cli import cli
from tests.audit.logs import begun, seen, written


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["audit", *map(str, words)])


@pytest.mark.parametrize(("lang", "said"), [("en", "none removed"), ("da", "ingen er fjernet")])
def test_a_log_as_it_was_written_is_said_to_be_fine(tmp_path: Path, lang: str, said: str) -> None:
    done = run("verify", written(tmp_path / "audit.log", 3), "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    assert said in done.stdout
    assert "2026-11-20T08:00:03Z" in done.stdout


def test_a_changed_log_has_its_own_exit_code_and_names_the_line(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 3)
    path.write_bytes(path.read_bytes().replace(b"r2", b"r9"))
    done = run("verify", path)
    assert done.exit_code == 61
    assert "line 3 was changed" in done.stderr
    assert "LIV-602" in done.stderr


def test_without_a_log_or_a_key_the_message_says_which(tmp_path: Path) -> None:
    assert run("verify", tmp_path / "none.log").exit_code == 60
    path = written(tmp_path / "audit.log", 3)
    key = (tmp_path / "audit.log.key").rename(tmp_path / "elsewhere.key")
    assert run("verify", path).exit_code == 60
    assert json.loads(run("verify", path, "--key", key, "--json").stdout)["lines"] == 4
    assert run("show", tmp_path / "none.log").exit_code == 11


def test_a_torn_line_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 3)
    with path.open("ab") as log:
        log.write(b'{"sequence":5')
    assert "unfinished" in run("verify", path).stdout
    begun(path).close()
    assert "1 line was left unfinished by a sudden stop: 5." in run("verify", path).stdout


def test_who_saw_one_person_is_listed_by_the_link(tmp_path: Path) -> None:
    path = written(tmp_path / "audit.log", 3)
    with begun(path) as log:
        log.write(seen(2, who="doctor-2"))
    done = run("show", path, "--person", "/patients/p00000002", "--json")
    assert [event["who"] for event in json.loads(done.stdout)["events"]] == ["nurse-17", "doctor-2"]
    table = run("show", path, "--who", "doctor-2").stdout
    assert "doctor-2" in table
    assert "nurse-17" not in table
    assert "No event fits." in run("show", path, "--who", "nobody").stdout
    last = run("show", path, "--last", "1").stdout
    assert ("doctor-2" in last, "nurse-17" in last) == (True, False)


def test_what_came_from_outside_cannot_move_the_cursor(tmp_path: Path) -> None:
    with begun(tmp_path / "audit.log") as log:
        log.write(seen(who="\x1b[2Jnurse"))
    assert "\x1b" not in run("show", log.path).stdout
