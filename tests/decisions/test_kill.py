"""kill -9 at a random moment of entering: what was acknowledged is there, and no half request.

LIVEDO_KILLS=200 kills as often as the release asks for; a commit does with ten.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from livedo.decisions.store import open_store

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("LIVEDO_KILLS", "10"))
KILLS_FOR_A_NEW_STORE = 20
"""One new store for so many kills, so that its making is killed too."""


def killed_while_entering(address: str, prefix: str, chance: random.Random) -> list[str]:
    """The ids that a process said were kept before it was killed."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.decisions.entering", address, prefix],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        # Half of the kills fall into starting, half into entering.
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0.2, 0.9))
            acknowledged = []
        else:
            acknowledged = [process.stdout.readline()]
            time.sleep(chance.uniform(0, 0.15))
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().splitlines(keepends=True)
        assert process.stderr.read() == ""
    # A line that was cut off was not heard.
    return [line.strip() for line in acknowledged if line.endswith("\n")]


def test_no_acknowledged_entry_is_lost_when_the_process_is_killed(address: str) -> None:
    chance = random.Random(18)
    acknowledged: list[str] = []
    for n in range(KILLS):
        acknowledged += killed_while_entering(address, f"k{n}", chance)
        # Nobody repairs anything by hand: the store simply opens.
        with open_store(address) as store:
            entries = store.since(0)
        kept = [entry.entry_id for entry in entries]
        assert set(acknowledged) - set(kept) == set()
        assert len(kept) == len(set(kept))
        assert all(f"{one.removesuffix('-round')}" in kept for one in kept if "round" in one)
    assert acknowledged
    print(f"{KILLS} kills, {len(acknowledged)} entries acknowledged, {len(kept)} kept, 0 lost")


def test_a_store_killed_while_it_is_made_is_made_by_the_next(new_address: object) -> None:
    chance = random.Random(7)
    make = new_address
    assert callable(make)
    for n in range(max(2, KILLS // KILLS_FOR_A_NEW_STORE)):
        address = make()
        with subprocess.Popen(
            [sys.executable, "-m", "tests.decisions.entering", address, f"m{n}"],
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
        ) as process:
            time.sleep(chance.uniform(0.2, 0.6))
            os.kill(process.pid, signal.SIGKILL)
        with open_store(address) as store:
            store.since(0)
