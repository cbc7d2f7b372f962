"""Lawful erasure: entries of a person may be deleted while an erasure of theirs is written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_SQLITE = (
    "DROP TRIGGER entry_is_never_deleted",
    """
    CREATE TRIGGER entry_is_deleted_by_erasure_only BEFORE DELETE ON entry
    WHEN NOT EXISTS (
        SELECT 1 FROM erasing JOIN erasure USING (erasure_id)
        WHERE erasing.person_id = OLD.person_id
    )
    BEGIN SELECT RAISE(ABORT, 'an entry is deleted by a written erasure only'); END
    """,
    """
    CREATE TRIGGER erasure_is_never_changed BEFORE UPDATE ON erasure
    BEGIN SELECT RAISE(ABORT, 'an erasure is never changed'); END
    """,
    """
    CREATE TRIGGER erasure_is_never_deleted BEFORE DELETE ON erasure
    BEGIN SELECT RAISE(ABORT, 'an erasure is never deleted'); END
    """,
    """
    CREATE TRIGGER erasure_is_never_replaced BEFORE INSERT ON erasure
    WHEN EXISTS (SELECT 1 FROM erasure WHERE erasure_id = NEW.erasure_id)
    BEGIN SELECT RAISE(ABORT, 'an erasure is never replaced'); END
    """,
)
_POSTGRESQL = (
    "DROP TRIGGER entry_is_never_deleted ON entry",
    """
    CREATE FUNCTION livedo_entry_is_erased() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM erasing JOIN erasure USING (erasure_id)
            WHERE erasing.person_id = OLD.person_id
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'an entry is deleted by a written erasure only'
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER entry_is_deleted_by_erasure_only BEFORE DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION livedo_entry_is_erased()
    """,
    """
    CREATE TRIGGER erasure_is_never_changed BEFORE UPDATE OR DELETE ON erasure
    FOR EACH ROW EXECUTE FUNCTION livedo_entry_is_kept()
    """,
    """
    CREATE TRIGGER erasure_is_never_emptied BEFORE TRUNCATE ON erasure
    FOR EACH STATEMENT EXECUTE FUNCTION livedo_entry_is_kept()
    """,
)


def upgrade() -> None:
    """Adds the book of erasures and lets it, and nothing else, open the way to deletion."""
    op.create_table(
        "erasure",
        sa.Column("erasure_id", WHOLE, sa.Identity(always=False), primary_key=True),
        sa.Column("person_key", sa.Text, nullable=False),
        sa.Column("entries", WHOLE, nullable=False),
        sa.Column("erased_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("erased_at", WHOLE, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("erasure_of_person", "erasure", ["person_key", "erased_at"])
    op.create_table(
        "erasing",
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("erasure_id", WHOLE, sa.ForeignKey("erasure.erasure_id"), nullable=False),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(statement)
