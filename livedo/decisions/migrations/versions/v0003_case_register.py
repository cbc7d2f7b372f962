"""The case register: two more kinds of entries.

No table changes. The step is there so that a program that does not know these kinds
refuses the store instead of reading half of it.
"""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change: the body of an entry is JSON."""
