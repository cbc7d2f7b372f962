"""One patient, all rules: the median and the slowest of a hundred, in CPU time."""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.load import load_knowledge
from livedo.record.store import open_record

PATIENTS = 2_000
WARM_UP = 50


def main() -> None:
    """Prints how long the engine takes over one patient."""
    record = open_record(Path(sys.argv[1]))
    engine = PythonEngine(load_knowledge())
    as_of = record.newest_known_at
    if as_of is None:
        raise SystemExit("The record holds no fact.")
    took = []
    for patient in itertools.islice(record.patients(), PATIENTS):
        began = time.process_time()
        engine.judge(patient, as_of)
        took.append((time.process_time() - began) * 1000)
    took = sorted(took[WARM_UP:])
    middle, slow = took[len(took) // 2], took[len(took) * 99 // 100]
    print(f"one patient, all rules: median {middle:.2f} ms, p99 {slow:.2f} ms of CPU")


if __name__ == "__main__":
    main()
