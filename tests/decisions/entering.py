"""A process that enters, and says each entry once it was acknowledged.

Run as: python -m tests.decisions.entering ADDRESS PREFIX
"""

from __future__ import annotations

import itertools
import sys

from livedo.decisions.store import open_store
from tests.decisions.entered import clear_round, entered


def main() -> None:
    address, prefix = sys.argv[1:]
    with open_store(address) as store:
        for n in itertools.count():
            # Every third request holds two entries, one of them large.
            asked = [entered(f"{prefix}-{n}")]
            if n % 3 == 0:
                asked.append(clear_round(f"{prefix}-{n}-round"))
            added = store.add(asked)
            sys.stdout.write("".join(f"{entry.entry_id}\n" for entry in added))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
