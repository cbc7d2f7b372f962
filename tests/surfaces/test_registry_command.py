"""`livedo registry report` as somebody types it."""

from __future__ import annotations

import builtins
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

if os.environ.get("CI") != "true":
    pytest.importorskip("lifelines", reason="needs the extra registry")

from livedo.decisions.entries import CaseReport, NewEntry
from livedo.decisions.store import open_store
from livedo.errors import AuditUnwritable, DisclosureRefused, PartMissing, YearsInvalid
from livedo.instants import DAY
from livedo.record.store import open_record
from livedo.surfaces.cli import cli
from livedo.surfaces.nation_demo import Prepared, prepare_nation


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A small invented programme with its store."""
    folder = tmp_path_factory.mktemp("programme")
    return prepare_nation(folder, 400, cases_per_million=80_000, processes=1)


def report(made: Prepared, *options: str) -> Result:
    words = ["registry", "report", str(made.record), "--store", made.store, *options]
    return CliRunner().invoke(cli, words)


def test_a_page_in_each_language_and_every_table_are_written(
    made: Prepared, tmp_path: Path
) -> None:
    out, tables = tmp_path / "r.html", tmp_path / "tables"
    result = report(made, "-o", str(out), "--each-language", "--tables", str(tables))
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    english, danish = ((tmp_path / f"r.{lang}.html").read_text("utf-8") for lang in ("en", "da"))
    assert '<html lang="en">' in english
    assert '<html lang="da">' in danish
    assert "Kalcifylaksiregister 2021–2025" in danish
    assert len(list(tables.iterdir())) == 16
    assert json.loads((tables / "made.json").read_text("utf-8"))["years"] == [2021, 2025]


def test_what_a_clerk_enters_after_the_record_was_read_counts_unless_an_earlier_day_is_asked_for(
    made: Prepared, tmp_path: Path
) -> None:
    later = tmp_path / "later.sqlite"
    shutil.copyfile(made.store.removeprefix("sqlite:///"), later)
    record = open_record(made.record)
    assert record.newest_known_at is not None
    with open_store(f"sqlite:///{later}") as store:
        store.add(
            [
                NewEntry(
                    entry_id="a month later",
                    person_id=record.person_ids()[0],
                    kind="case_report",
                    entered_at=record.newest_known_at + 30 * DAY,
                    entered_by="clerk",
                    body=CaseReport(form="case", values=(("in_register", "yes"),)),
                )
            ]
        )
    pages = []
    for days in ((), ("--as-of", "2025-12-31")):
        out = tmp_path / f"{len(days)}.html"
        command = ["registry", "report", str(made.record), "--store", f"sqlite:///{later}"]
        assert CliRunner().invoke(cli, [*command, "-o", str(out), *days]).exit_code == 0
        pages.append(out.read_text("utf-8"))
    assert "As of <b>30 Jan 2026" in pages[0]
    assert "As of <b>31 Dec 2025" in pages[1]


def test_no_name_or_id_of_a_person_is_on_the_page_or_in_a_table(
    made: Prepared, tmp_path: Path
) -> None:
    out, tables = tmp_path / "r.html", tmp_path / "tables"
    assert report(made, "-o", str(out), "--tables", str(tables)).exit_code == 0
    written = [out, *tables.iterdir()]
    assert [path.name for path in written if "N-0" in path.read_text("utf-8")] == []


def test_small_numbers_are_shown_only_after_it_stands_in_the_audit_log(
    made: Prepared, tmp_path: Path
) -> None:
    log, out = tmp_path / "audit.log", tmp_path / "r.html"
    off = ("--show-small-numbers", "--by", "A. Registrar", "--reason", "check 12")
    result = report(made, *off, "--audit", str(log), "-o", str(out))
    assert result.exit_code == 0, result.stderr
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    told = [event for event in events if event["action"] == "small numbers shown"]
    assert [(event["who"], event["detail"]) for event in told] == [("A. Registrar", "check 12")]
    assert "A. Registrar" in out.read_text("utf-8")


@pytest.mark.parametrize("given", [("--by", "A. Registrar"), ("--reason", "check 12")])
def test_small_numbers_are_refused_without_a_name_or_a_reason(
    made: Prepared, tmp_path: Path, given: tuple[str, str]
) -> None:
    out = tmp_path / "r.html"
    result = report(made, "--show-small-numbers", *given, "-o", str(out))
    assert result.exit_code == DisclosureRefused.exit_status
    assert not out.exists()


def test_small_numbers_are_refused_where_the_log_cannot_be_written(
    made: Prepared, tmp_path: Path
) -> None:
    out = tmp_path / "r.html"
    (tmp_path / "file").write_text("", encoding="utf-8")
    off = ("--show-small-numbers", "--by", "A. Registrar", "--reason", "check 12")
    result = report(made, *off, "--audit", str(tmp_path / "file" / "log"), "-o", str(out))
    assert result.exit_code == AuditUnwritable.exit_status
    assert not out.exists()


def test_without_a_word_about_small_numbers_nothing_is_logged(
    made: Prepared, tmp_path: Path
) -> None:
    log = tmp_path / "audit.log"
    result = report(made, "--audit", str(log), "-o", str(tmp_path / "r.html"))
    assert result.exit_code == 0
    assert not log.exists()


def test_a_missing_extra_is_told_with_how_to_get_it(
    made: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_import = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.split(".")[0] in {"lifelines", "statsmodels"}:
            raise ImportError(name)
        return true_import(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    result = report(made, "-o", str(tmp_path / "r.html"))
    assert result.exit_code == PartMissing.exit_status
    assert 'pip install "livedo[registry]"' in result.stderr


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--years", "2021..2030"), YearsInvalid.exit_status),
        (("--years", "last"), 2),
        (("--years", "2025..2021"), 2),
        (("--by", "A. Registrar"), 2),
        (("--show-small-numbers",), 2),
        (("--as-of", "yesterday"), 23),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(
    made: Prepared, tmp_path: Path, options: tuple[str, ...], status: int
) -> None:
    out = tmp_path / "r.html"
    result = report(made, *options, "-o", str(out))
    assert result.exit_code == status, result.stderr
    assert not out.exists()


def test_a_record_or_the_demo_but_not_both(made: Prepared) -> None:
    assert CliRunner().invoke(cli, ["registry", "report"]).exit_code == 2
    assert report(made, "--demo").exit_code == 2
