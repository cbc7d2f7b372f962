"""`livedo registry export|import|completeness|follow-up` over the invented unit."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest

from livedo.audit.check import readable_lines, verify
from livedo.decisions.entries import CaseReport, NewEntry
from livedo.instants import DAY
from livedo.record.store import open_record
from tests.surfaces.conftest import document, run

if os.environ.get("CI") != "true":
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("alembic")

from livedo.decisions.store import open_store

CASE = "B-044"
"""Somebody of the invented unit with a suspicious lesion."""

BY = "D. Vium"


class Desk:
    """A record of one's own with a store beside it."""

    def __init__(self, record: Path, folder: Path) -> None:
        self.folder = folder
        self.record = folder / "record"
        self.record.symlink_to(record, target_is_directory=True)
        self.url = f"sqlite:///{folder / 'decisions.sqlite'}"
        self.log = folder / "register.log"
        self.now = open_record(record).newest_known_at or 0

    def enter(self, person: str, form: str, *values: tuple[str, str], at: int = 0) -> None:
        with open_store(self.url) as store:
            store.add([self.entry(person, form, *values, at=at)])

    def entry(
        self, person: str, form: str, *values: tuple[str, str], at: int = 0, instance: int = 1
    ) -> NewEntry:
        return NewEntry(
            entry_id=f"{person}-{form}-{at}",
            person_id=person,
            kind="case_report",
            entered_at=self.now + at,
            entered_by="Nurse Åse",
            body=CaseReport(form=form, instance=instance, values=values),
        )

    def export(self, into: Path, *more: str, url: str | None = None) -> dict[str, object]:
        found: dict[str, object] = document(
            "registry", "export", self.record, "--store", url or self.url, "--into", into,
            "--audit", self.log, "--by", BY, *more,
        )  # fmt: skip
        return found

    def bring_in(self, folder: Path, *more: str, url: str | None = None) -> dict[str, object]:
        found: dict[str, object] = document(
            "registry", "import", folder, self.record, "--store", url or self.url,
            "--audit", self.log, "--by", BY, *more,
        )  # fmt: skip
        return found

    def entries(self, url: str | None = None) -> list[tuple[object, ...]]:
        with open_store(url or self.url) as store:
            return [
                (one.person_id, one.entered_by, one.entered_at, one.body)
                for one in store.of_kind("case_report")
            ]


@pytest.fixture
def desk(record: Path, tmp_path: Path) -> Desk:
    desk = Desk(record, tmp_path)
    desk.enter(CASE, "case", ("tier", "clinical"), ("diagnosed_on", "2026-09"))
    desk.enter(CASE, "follow_up", ("visit", "m1"), ("seen_on", "2026-11-01"), at=1)
    desk.enter(CASE, "lesion", ("body_site", "thigh"), ("photo_reference", "=1+1 på lår"), at=2)
    return desk


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("format", ["csv", "redcap"])
def test_an_export_imported_again_changes_nothing(desk: Desk, tmp_path: Path, format: str) -> None:
    desk.export(tmp_path / "out", "--format", format)
    before = desk.entries()
    found = desk.bring_in(tmp_path / "out")
    assert (found["entries"], found["set_aside"], found["cells"]) == (0, 0, [])
    assert found["in"] == found["used"]
    assert desk.entries() == before


@pytest.mark.parametrize("format", ["csv", "redcap"])
def test_an_empty_store_gets_back_what_was_entered_by_whom_and_when(
    desk: Desk, tmp_path: Path, format: str
) -> None:
    desk.export(tmp_path / "out", "--format", format)
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    desk.bring_in(tmp_path / "out", "--numbers-from", desk.url, url=new)
    assert sorted(map(repr, desk.entries(new))) == sorted(map(repr, desk.entries()))


def test_a_person_id_brings_an_export_into_any_store_under_ones_own_name(
    desk: Desk, tmp_path: Path
) -> None:
    desk.export(tmp_path / "out", "--with-person-ids", "--only-entered")
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    assert desk.bring_in(tmp_path / "out", url=new)["values_restored"] == 0
    assert {by for _, by, *_ in desk.entries(new)} == {BY}
    assert "with person ids" in [line.detail for line in readable_lines(desk.log)][1]


def test_numbers_of_another_store_are_refused_with_the_way_out(desk: Desk, tmp_path: Path) -> None:
    desk.export(tmp_path / "out", "--only-entered")
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    result = run(
        "registry", "import", tmp_path / "out", desk.record, "--store", new, "--by", BY,
    )  # fmt: skip
    assert result.exit_code == 76
    assert "--numbers-from" in result.stderr


def test_no_id_of_a_person_or_of_a_source_leaves_unasked(desk: Desk, tmp_path: Path) -> None:
    everybody = open_record(desk.record)
    for format in ("csv", "redcap"):
        desk.export(tmp_path / format, "--format", format)
        told = "".join(file.read_text("utf-8") for file in (tmp_path / format).iterdir())
        assert [one for one in everybody.person_ids() if one in told] == []
        facts = [fact for one in everybody.patients() for fact in one.facts]
        assert not {
            fact.source_id for fact in facts if len(fact.source_id) > 8 and fact.source_id in told
        }


def test_the_same_register_gives_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    for name in ("one", "two"):
        desk.export(tmp_path / name)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_the_record_proposes_cases_that_nobody_entered(desk: Desk, tmp_path: Path) -> None:
    assert desk.export(tmp_path / "out", "--only-entered")["cases"] == 1
    every = desk.export(tmp_path / "out")
    assert isinstance(every["cases"], int)
    assert every["cases"] > 1
    origins = {row["birth_year.origin"] for row in rows(tmp_path / "out" / "person.csv")}
    assert origins == {"record"}


def test_a_folder_of_something_else_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine", "utf-8")
    result = run(
        "registry", "export", desk.record, "--store", desk.url, "--into", tmp_path / "thesis",
    )  # fmt: skip
    assert result.exit_code == 14
    assert [one.name for one in (tmp_path / "thesis").iterdir()] == ["chapter.txt"]


def test_a_dry_run_enters_nothing_and_says_what_it_would(desk: Desk, tmp_path: Path) -> None:
    desk.export(tmp_path / "out", "--only-entered")
    file = tmp_path / "out" / "case.csv"
    file.write_text(file.read_text("utf-8").replace(",clinical,", ",confirmed,"), "utf-8")
    found = desk.bring_in(tmp_path / "out", "--dry-run")
    assert (found["values_changed"], found["entries"], found["dry_run"]) == (1, 1, True)
    assert len(desk.entries()) == 3
    desk.bring_in(tmp_path / "out")
    assert desk.entries()[-1][1] == BY


def test_what_was_erased_does_not_come_back_from_a_file(desk: Desk, tmp_path: Path) -> None:
    desk.export(tmp_path / "out", "--only-entered")
    with open_store(desk.url) as store:
        store.forget(CASE, by="D. Officer", reason="request 17", at=desk.now + DAY)
    found = desk.bring_in(tmp_path / "out")
    assert found["entries"] == 0
    cells = found["cells"]
    assert isinstance(cells, list)
    assert {one["reason"] for one in cells} == {"register_erased"}
    assert desk.entries() == []


def test_nothing_of_a_patient_stands_in_a_report_of_an_import(desk: Desk, tmp_path: Path) -> None:
    desk.export(tmp_path / "out", "--only-entered")
    file = tmp_path / "out" / "case.csv"
    text = file.read_text("utf-8").replace(",clinical,", ",Niels Hansen,")
    file.write_text(text, "utf-8")
    arguments = ("registry", "import", tmp_path / "out", desk.record, "--store", desk.url)
    told = run(*arguments, "--by", BY, "--audit", desk.log, "--fail-on", "set-aside")
    assert told.exit_code == 1
    assert "case.csv:2 tier" in told.stdout
    every = json.dumps(desk.bring_in(tmp_path / "out"))
    log = desk.log.read_text("utf-8")
    for secret in ("Hansen", CASE):
        assert secret not in told.stdout + told.stderr + every + log


def test_every_export_and_import_is_in_the_audit_log(desk: Desk, tmp_path: Path) -> None:
    desk.export(tmp_path / "out")
    desk.bring_in(tmp_path / "out")
    lines = [(line.who, line.action) for line in readable_lines(desk.log)][1:]
    assert lines == [(BY, "register exported"), (BY, "register imported")]
    assert verify(desk.log).lines == 3


def test_without_a_log_nothing_is_exported(desk: Desk, tmp_path: Path) -> None:
    desk.log.write_text("a log without its key", "utf-8")
    result = run(
        "registry", "export", desk.record, "--store", desk.url, "--into", tmp_path / "out",
        "--audit", desk.log,
    )  # fmt: skip
    assert result.exit_code == 60
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_register_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(
        "registry", "import", tmp_path / "empty", desk.record, "--store", desk.url, "--by", BY,
    )  # fmt: skip
    assert result.exit_code == 75


def test_completeness_is_the_same_as_table_csv_and_json(desk: Desk) -> None:
    common = ("registry", "completeness", desk.record, "--store", desk.url, "--only-entered")
    found = document(*common, "--by-centre")
    assert (found["cases"], found["use"]) == (1, "inside")
    assert len(found["centres"]) == 1
    table = list(csv.DictReader(run(*common, "--format", "csv").stdout.splitlines()))
    tier = next(one for one in table if one["field"] == "tier")
    assert (tier["answered"], tier["entered"], tier["blank"]) == ("1", "1", "0")
    text = run(*common, "--lang", "da").stdout
    assert "Diagnostisk sikkerhed *" in text
    assert "Til brug i registeret" in text


def test_whoever_is_overdue_stands_first_and_fails_when_asked(desk: Desk) -> None:
    common = ("registry", "follow-up", desk.record, "--store", desk.url)
    fine = document(*common)
    assert fine["overdue"] == []
    late = ("--as-of", "2027-01-25")
    assert [one["visit"] for one in document(*common, *late)["overdue"]] == ["m3"]
    assert CASE in run(*common, *late).stdout
    assert run(*common, *late, "--fail-on", "overdue").exit_code == 1
    assert "seen" in run(*common, "--format", "csv").stdout.splitlines()[0]


def test_a_register_only_person_comes_back_too(desk: Desk, tmp_path: Path) -> None:
    desk.enter("register:17", "case", ("tier", "suspected"), at=3)
    desk.export(tmp_path / "out", "--only-entered")
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    desk.bring_in(tmp_path / "out", "--numbers-from", desk.url, url=new)
    assert "register:17" in {person for person, *_ in desk.entries(new)}
    shutil.rmtree(tmp_path / "out")
    desk.export(tmp_path / "out", "--only-entered", "--with-person-ids")
    third = f"sqlite:///{tmp_path / 'third.sqlite'}"
    desk.bring_in(tmp_path / "out", url=third)
    assert "register:17" in {person for person, *_ in desk.entries(third)}
