"""The tables of the store, as queries need them; migrations make them."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits. SQLite numbers rows only in a column named exactly INTEGER."""

ENTRY = sa.Table(
    "entry",
    METADATA,
    sa.Column("sequence", WHOLE, sa.Identity(always=False), primary_key=True),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("entered_at", WHOLE, nullable=False),
    sa.Column("entered_by", sa.Text, nullable=False),
    sa.Column("undoes", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
)

SECRET = sa.Table(
    "secret",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

USED_TOKEN = sa.Table(
    "used_token",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("expires_at", WHOLE, nullable=False),
)

ERASURE = sa.Table(
    "erasure",
    METADATA,
    sa.Column("erasure_id", WHOLE, sa.Identity(always=False), primary_key=True),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("entries", WHOLE, nullable=False),
    sa.Column("erased_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("erased_at", WHOLE, nullable=False),
)

ERASING = sa.Table(
    "erasing",
    METADATA,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("erasure_id", WHOLE, nullable=False),
)
"""Whose entries may be deleted; filled and emptied within the one transaction that erases."""

KEPT = (ENTRY, SECRET, USED_TOKEN, ERASURE)
"""The tables of a backup, in the order in which they can be filled."""
