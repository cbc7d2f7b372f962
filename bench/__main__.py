"""`make bench`: reading, screening, one patient and start-up, each beside its floor.

    python -m bench [PEOPLE]     PEOPLE invented people, 10,000 if not given

Every figure is of a whole process. Seconds depend on the machine; compare ratios.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.generate import write_programme

PEOPLE = 10_000
RESULTS_A_PERSON = 96


@dataclass(frozen=True)
class Cost:
    """What a process took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def cost_of(*command: str) -> Cost:
    """Runs a command to its end and measures it with everything it started."""
    script = (
        "import resource, subprocess, sys, time\n"
        "began = time.perf_counter()\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, "
        "check=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss)\n"
    )
    measured = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True, check=True
    ).stdout.split()
    wall, cpu, peak = (float(number) for number in measured)
    return Cost(wall, cpu, peak / 1024)


def livedo(*arguments: str) -> Cost:
    """One command of this installation."""
    return cost_of(sys.executable, "-m", "livedo", *arguments)


def say(name: str, cost: Cost, floor: Cost, note: str) -> None:
    """One line of the table."""
    print(
        f"{name:<22}{cost.wall_s:8.2f} s wall {cost.cpu_s:8.2f} s CPU {cost.peak_mb:7.0f} MB "
        f"{cost.wall_s / floor.wall_s:7.1f} x floor   {note}"
    )


def main() -> None:
    """Prints the table."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as place:
        files, record = Path(place, "fhir"), Path(place, "record")
        write_programme(people, files)
        print(f"{people:,} people, {people * RESULTS_A_PERSON:,} results, {os.cpu_count()} CPUs")
        floor = cost_of(sys.executable, "-m", "bench.floor", str(files))
        say("floor (DuckDB)", floor, floor, "one rule, no reasons, no ledger")
        read = livedo("read", str(files), "--into", str(record))
        a_second = people * RESULTS_A_PERSON / read.cpu_s
        say("livedo read", read, floor, f"{a_second:,.0f} results a CPU second")
        out = str(Path(place, "out.json"))
        screen = livedo("screen", str(record), "--json", "-o", out)
        say("livedo screen", screen, floor, f"{people / screen.wall_s:,.0f} people a second")
        say("livedo --help", livedo("--help"), floor, "")
        subprocess.run([sys.executable, "-m", "bench.one_patient", str(record)], check=True)


if __name__ == "__main__":
    main()
