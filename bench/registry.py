"""The yearly report of an invented nation, stage by stage, beside a bare scan of the same columns.

    python -m bench.registry [PEOPLE [FOLDER]]

PEOPLE is 20,000 if not given; from a million on 5,000 cases a million. FOLDER keeps the nation,
so that the next run need not make it again. Seconds depend on the machine; compare ratios.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.__main__ import Cost, cost_of, say
from livedo.record.store import open_record
from livedo.surfaces.nation_demo import prepare_nation

PEOPLE = 20_000
LARGE, LARGE_CASES = 1_000_000, 5_000.0
COLUMNS = ["person_id", "concept", "present", "start_from", "start_at", "end_at", "known_at"]
STAGES = (
    ("everybody (cohort)", "livedo.registry.yearly", "cohort_of"),
    ("cases", "livedo.registry.yearly", "cases_of"),
    ("occurrence", "livedo.registry.yearly", "occurrence_of"),
    ("outcomes", "livedo.registry.yearly", "outcome_tables"),
    ("curves", "livedo.registry.yearly", "families"),
    ("delays", "livedo.registry.yearly", "delays_shown"),
    ("completeness", "livedo.registry.yearly", "kept_register"),
    ("small numbers", "livedo.registry.yearly", "protect"),
    ("whole report", "livedo.registry.yearly", "yearly_report"),
    ("page", "livedo.surfaces.registry_report", "yearly_page"),
    ("tables", "livedo.registry.yearly_tables", "files_of"),
)
"""Name, module and function; what is not there is left out."""


FOUND = "cases found"


def scan(record: Path) -> int:
    """The floor: how many facts are a sign, read with nothing but pyarrow."""
    found = 0
    for path in sorted(record.glob("data-*/fact/*.parquet")):
        table = pq.read_table(path, columns=COLUMNS, read_dictionary=["person_id", "concept"])
        found += (
            pc.sum(pc.starts_with(table.column("concept").cast("string"), "sign.")).as_py() or 0
        )
        pc.max(table.column("known_at"))
    return found


def stages(record: str, store: str, out: str, told: str) -> None:
    """Runs the command in this process and writes the seconds of each stage as JSON."""
    took: dict[str, list[float]] = {}
    for name, module, function in STAGES:
        _watch(name, module, function, took)
    from livedo.surfaces.cli import cli

    cli.main(["registry", "report", record, "--store", store, "-o", out], standalone_mode=False)
    Path(told).write_text(json.dumps(took), "utf-8")


def _cpu() -> float:
    """Processor seconds of this process and of those it started that have ended."""
    return sum(os.times()[:4])


def _watch(name: str, module: str, function: str, took: dict[str, list[float]]) -> None:
    """Puts a stopwatch around a function, where its module looks it up."""
    try:
        place = importlib.import_module(module)
        work: Callable[..., Any] = getattr(place, function)
    except (ImportError, AttributeError):
        return

    @functools.wraps(work)
    def watched(*given: Any, **named: Any) -> Any:
        began, used = time.perf_counter(), _cpu()
        found = work(*given, **named)
        seconds = took.setdefault(name, [0.0, 0.0])
        seconds[0] += time.perf_counter() - began
        seconds[1] += _cpu() - used
        if hasattr(found, "cases") and hasattr(found, "candidates"):
            took[FOUND] = [len(found.cases)]
        return found

    setattr(place, function, watched)


def _has_report() -> bool:
    try:
        importlib.import_module("livedo.registry.yearly")
    except ImportError:
        return False
    return True


def measure(people: int, folder: Path) -> None:
    """Makes the nation if need be, and prints the table."""
    began = time.perf_counter()
    made = prepare_nation(
        folder, people, cases_per_million=LARGE_CASES if people >= LARGE else None
    )
    seconds = time.perf_counter() - began
    counts = open_record(made.record).manifest.counts
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    print(f"{counts.person:,} people, {counts.fact:,} facts, {size:,.0f} MB on the disk")
    print(f"made in {seconds:.1f} s" if made.is_new else "made by an earlier run")
    itself = (sys.executable, "-m", "bench.registry")
    floor = cost_of(*itself, "--floor", str(made.record))
    say("floor (pyarrow)", floor, floor, "reads the columns, counts signs")
    if not _has_report():
        print("there is no livedo registry report here")
        return
    with tempfile.TemporaryDirectory() as place:
        out, told = Path(place, "report.html"), Path(place, "stages.json")
        report = cost_of(*itself, "--stages", str(made.record), made.store, str(out), str(told))
        a_second = f"{people / report.wall_s:,.0f} people a second"
        say("livedo registry report", report, floor, a_second)
        took = json.loads(told.read_text("utf-8"))
        print(f"  {took.pop(FOUND, [0])[0]:,} cases")
        _print_stages(took, floor)


def _print_stages(took: dict[str, list[float]], floor: Cost) -> None:
    for name, _, _ in STAGES:
        if name in took:
            wall, cpu = took[name]
            ratio = wall / floor.wall_s
            print(f"  {name:<20}{wall:8.2f} s wall {cpu:8.2f} s CPU {ratio:20.2f} x floor")


def main() -> None:
    """One of the processes, or the whole table."""
    given = sys.argv[1:]
    if given[:1] == ["--floor"]:
        print(scan(Path(given[1])))
    elif given[:1] == ["--stages"]:
        stages(*given[1:])
    elif len(given) > 1:
        measure(int(given[0]), Path(given[1]))
    else:
        with tempfile.TemporaryDirectory() as place:
            measure(int(given[0]) if given else PEOPLE, Path(place))


if __name__ == "__main__":
    main()
