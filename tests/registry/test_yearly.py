"""The yearly report of an invented programme: nothing small leaves, and the bytes are the same."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("lifelines", reason="needs the extra registry")

from livedo.decisions.entries import CaseReport, Entry
from livedo.decisions.store import open_store
from livedo.errors import YearsInvalid
from livedo.knowledge.load import load_knowledge
from livedo.record.store import Record, open_record
from livedo.registry.small_numbers import HIDDEN, Policy
from livedo.registry.yearly import yearly_report
from livedo.registry.yearly_occurrence import with_standard
from livedo.registry.yearly_parts import YearlyReport
from livedo.registry.yearly_tables import files_of
from livedo.surfaces.nation_demo import prepare_nation
from livedo.surfaces.registry_report import yearly_page
from tests.registry import yearly_sample
from tests.registry.yearly_sample import sample

PEOPLE = 1_500
CASES_PER_MILLION = 60_000
GOLDEN = Path(__file__).parent / "golden"
OFF = Policy(shown_by="A. Registrar", reason="a test")
COUNTS = ("people", "cases", "left", "lost", "women", "men", "at_risk", "events", "not_known")


class Programme:
    """A small programme with many cases, so that small numbers are everywhere."""

    def __init__(self, folder: Path) -> None:
        made = prepare_nation(folder, PEOPLE, cases_per_million=CASES_PER_MILLION, processes=1)
        self.place, self.store = made.record, made.store
        self.record: Record = open_record(made.record)
        with open_store(made.store, make=False) as store:
            self.entries: list[Entry] = store.since(0)
        self.reports: dict[bool, YearlyReport] = {}

    def report(self, policy: Policy, years: tuple[int, int] | None = None) -> YearlyReport:
        as_of = self.record.newest_known_at
        assert as_of is not None
        return yearly_report(
            self.record,
            self.entries,
            years=years,
            as_of=as_of,
            standard="european_2013",
            policy=policy,
            knowledge=load_knowledge(),
        )

    def both(self) -> tuple[YearlyReport, YearlyReport]:
        """As it is true, and as it may leave."""
        for policy in (OFF, Policy()):
            if policy.is_on not in self.reports:
                self.reports[policy.is_on] = self.report(policy)
        return self.reports[False], self.reports[True]


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    return Programme(tmp_path_factory.mktemp("programme"))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def pairs(programme: Programme) -> Iterator[tuple[str, str, str, str]]:
    """Table, column, true count and what is shown of it, of every count of every table."""
    true, shown = (files_of(report) for report in programme.both())
    for name in true:
        if not name.endswith(".csv") or name == "published.csv":
            continue
        # Kappa needs every count of both readers, so it is in the true table alone.
        truly = [row for row in rows(true[name]) if row.get("id") != "kappa"]
        for a, b in zip(truly, rows(shown[name]), strict=name != "curves.csv"):
            for column in COUNTS:
                if column in a and a[column] not in ("", "hidden"):
                    yield name, column, a[column], b[column]


def test_no_count_of_1_to_7_leaves_and_no_other_is_exact(programme: Programme) -> None:
    checked = small = 0
    for name, column, true, shown in pairs(programme):
        checked += 1
        if name == "at_days.csv":
            # People at risk are counted at the beginning of a stretch of 30 days.
            assert shown == "hidden" or int(shown) % 5 == 0
            assert shown not in {"1", "2", "3", "4", "5", "6", "7"}
        elif 1 <= int(true) <= 7:
            small += 1
            assert shown == "hidden", (name, column)
        elif shown not in ("hidden", ""):
            assert int(shown) % 5 == 0, (name, column)
            assert abs(int(shown) - int(true)) <= 2, (name, column)
            assert (int(shown) == 0) == (int(true) == 0)
    assert checked > 500
    assert small > 100, "the programme has to be full of small numbers"


def test_nothing_is_worked_out_from_a_hidden_count(programme: Programme) -> None:
    _, shown = programme.both()
    hidden = 0
    for breakdown in shown.breakdowns:
        for row in breakdown.rows:
            for cell in row.cells:
                if cell.cases is HIDDEN or row.people is HIDDEN:
                    hidden += 1
                    assert cell.estimate is None
    assert hidden > 20
    for ratio in shown.sex_ratios:
        if HIDDEN in (ratio.female, ratio.male):
            assert ratio.ratio is None
    for family in shown.families:
        for curve in family.curves:
            if curve.people is HIDDEN:
                assert curve.points == ()
                assert all(at.share is None for at in curve.at)


def test_a_rate_is_what_the_shown_numbers_give(programme: Programme) -> None:
    _, shown = programme.both()
    checked = 0
    for breakdown in shown.breakdowns:
        for row in breakdown.rows:
            for cell in row.cells:
                if cell.estimate is None or not isinstance(cell.cases, int):
                    continue
                under = row.people if cell.person_years is None else cell.person_years
                assert isinstance(under, int)
                assert cell.estimate.value == pytest.approx(min(cell.cases, under) / under)
                checked += 1
    assert checked > 50


def test_no_case_disappears_between_the_tables(programme: Programme) -> None:
    true, _ = programme.both()
    for step_before, step in zip(true.steps, true.steps[1:], strict=False):
        if step_before.chain == step.chain:
            lost = sum(int(named.count) for named in step.lost)  # type: ignore[call-overload]
            assert int(step_before.left) == int(step.left) + lost  # type: ignore[call-overload]
    everybody = true.family("everybody", "survival")
    by_site = true.family("site", "survival")
    assert everybody is not None
    assert by_site is not None
    assert everybody.curves[0].people == sum(c.people for c in by_site.curves)  # type: ignore[misc]


def test_everybody_is_followed_down_to_the_time_at_risk(programme: Programme) -> None:
    true, shown = programme.both()
    steps = {step.id: step.left for step in true.steps}
    rows = {b.measure: b.rows[0] for b in true.breakdowns if b.by == "overall"}
    assert steps["in_period"] == rows["period_prevalence"].people
    assert steps["at_risk"] == rows["incidence"].people
    for lang in ("en", "da"):
        page = yearly_page(shown, lang, "livedo registry report RECORD")
        assert not re.search(r"only_in_washout|not_on_dialysis_in_period|>at_risk<", page)


def test_few_entries_are_hidden_like_the_few_people_they_can_be_about(
    programme: Programme,
) -> None:
    every = programme.entries
    programme.entries = every[:3]
    try:
        made = programme.report(Policy()).made
        assert made.entries is HIDDEN
        assert made.store
    finally:
        programme.entries = every


def test_who_was_withdrawn_is_not_among_the_cases_that_somebody_entered(
    programme: Programme,
) -> None:
    true, _ = programme.both()
    every = programme.entries
    withdrawn = next(one for one in every if one.kind == "case_report")
    no = CaseReport(form="case", values=(("in_register", "no"),))
    later = every[-1].sequence + 1
    changed = {"entry_id": "no", "sequence": later, "body": no}
    programme.entries = [*every, msgspec.structs.replace(withdrawn, **changed)]
    try:
        register = programme.report(OFF).register
    finally:
        programme.entries = every
    assert register.cases == true.register.cases - 1  # type: ignore[operator]
    assert register.entered == true.register.entered - 1  # type: ignore[operator]


def test_no_rate_is_standardised_to_a_population_of_which_an_age_is_missing() -> None:
    groups = (("0-44", 3000), ("45-64", 5000), ("65-74", 4000), ("75+", 5000))
    ages = yearly_sample.breakdown("incidence", "age_group", groups)
    (whole,) = with_standard([ages], "european_2013")
    assert any(cell.estimate for cell in whole.standardised)
    older = msgspec.structs.replace(ages, rows=ages.rows[1:])
    (part,) = with_standard([older], "european_2013")
    assert part.standardised
    assert not any(cell.estimate for cell in part.standardised)


def test_what_is_entered_later_changes_nothing(programme: Programme) -> None:
    as_of = programme.record.newest_known_at
    assert as_of is not None
    last = programme.entries[-1]
    later = [
        Entry(
            entry_id="later",
            sequence=last.sequence + 1,
            person_id=last.person_id,
            kind=last.kind,
            entered_at=as_of + 1,
            entered_by="somebody",
            body=last.body,
        )
    ]
    before = programme.both()[1]
    programme.entries = [*programme.entries, *later]
    try:
        assert programme.report(Policy()) == before
    finally:
        programme.entries = programme.entries[:-1]


def test_a_year_that_is_not_over_is_refused_and_the_others_are_named(programme: Programme) -> None:
    with pytest.raises(YearsInvalid) as refused:
        programme.report(Policy(), (2024, 2026))
    assert "2021..2025" in str(refused.value)


REPEATED = """
import sys
from livedo.surfaces.cli import cli
cli.main(sys.argv[1:], standalone_mode=False)
"""


def test_two_runs_give_the_same_bytes_wherever_they_run(
    programme: Programme, tmp_path: Path
) -> None:
    outputs = []
    for seed, zone, lang in (("1", "UTC", "C.UTF-8"), ("77", "Pacific/Auckland", "da_DK.UTF-8")):
        folder = tmp_path / seed
        command = [
            sys.executable, "-c", REPEATED, "registry", "report", str(programme.place),
            "--store", programme.store, "-o", str(folder / "r.html"),
            "--each-language", "--tables", str(folder / "tables"),
        ]  # fmt: skip
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LANG": lang, "LC_ALL": lang}
        subprocess.run(command, env=env, check=True, capture_output=True)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        outputs.append({str(p.relative_to(folder)): p.read_bytes() for p in files})
    assert len(outputs[0]) > 15
    assert outputs[0] == outputs[1]


def test_the_page_of_a_programme_full_of_small_numbers_can_still_be_read(
    programme: Programme,
) -> None:
    for report in programme.both():
        for lang in ("en", "da"):
            page = yearly_page(report, lang, "livedo registry report RECORD")
            assert ">None<" not in page
            assert re.search(r"\bnan\b", page) is None
            assert len(page.encode()) < 1_000_000


@pytest.mark.parametrize("name", ["attrition.csv", "at_days.csv", "delays.csv", "register.csv"])
def test_tables_are_written_as_ever(name: str) -> None:
    written = files_of(sample())[name]
    golden = GOLDEN / name
    if os.environ.get("LIVEDO_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


def test_every_file_has_its_sum() -> None:
    import hashlib

    files = files_of(sample())
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].splitlines())
    assert set(sums) == set(files) - {"SHA256SUMS"}
    for name, wanted in sums.items():
        assert hashlib.sha256(files[name].encode()).hexdigest() == wanted
