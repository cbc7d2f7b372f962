"""Entries that are never changed or deleted; secrets; used tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_SQLITE = (
    """
    CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END
    """,
    """
    CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above.
    """
    CREATE TRIGGER entry_is_never_replaced BEFORE INSERT ON entry
    WHEN EXISTS (
        SELECT 1 FROM entry WHERE entry_id = NEW.entry_id OR sequence = NEW.sequence
    )
    BEGIN SELECT RAISE(ABORT, 'an entry is never replaced'); END
    """,
)
_POSTGRESQL = (
    """
    CREATE FUNCTION livedo_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'an entry is never changed or deleted'
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
    FOR EACH ROW EXECUTE FUNCTION livedo_entry_is_kept()
    """,
    """
    CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION livedo_entry_is_kept()
    """,
    """
    CREATE TRIGGER entry_is_never_emptied BEFORE TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION livedo_entry_is_kept()
    """,
)


def upgrade() -> None:
    """Makes the tables of a new store."""
    op.create_table(
        "entry",
        sa.Column("sequence", WHOLE, sa.Identity(always=False), primary_key=True),
        sa.Column("entry_id", sa.Text, nullable=False, unique=True),
        sa.Column("person_id", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("entered_at", WHOLE, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("undoes", sa.Text, sa.ForeignKey("entry.entry_id")),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("entry_of_person", "entry", ["person_id", "sequence"])
    op.create_index("entry_of_kind", "entry", ["kind", "sequence"])
    op.create_table(
        "secret",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "used_token",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("expires_at", WHOLE, nullable=False),
    )
    op.create_index("used_token_by_end", "used_token", ["expires_at"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(statement)
