"""The store of what people entered: kept before it is acknowledged, never overwritten.

Example:
    with open_store("sqlite:///decisions.sqlite") as store:
        store.add([entry])
        store.of_person("p1")
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from livedo.decisions.checks import check
from livedo.decisions.databases import open_engine, reading, writing
from livedo.decisions.entries import Entry, NewEntry, body_as_json, body_from_json
from livedo.decisions.faults import place_of, told_as_ours
from livedo.decisions.migrating import bring_up_to_date
from livedo.decisions.tables import ENTRY, ERASING, ERASURE, SECRET, USED_TOKEN
from livedo.errors import EntryInvalid, StoreUnreadable
from livedo.instants import DAY, Instant

import sqlalchemy as sa  # isort: skip - the module above says what is missing without it

SECRET_BYTES = 32
MANY = 50
"""From so many entries on they are added together."""
ASKED_TOGETHER = 500
LONGEST_TOKEN = DAY
"""No token that we accept lives longer."""


def open_store(url: str, *, make: bool = True) -> DecisionStore:
    """The store at this address; a new one is made, an older one brought up to date.

    Args:
        url: `sqlite:///PATH` or `postgresql+psycopg://USER@HOST/DATABASE`.
        make: whether a store that is not there is made.

    Raises:
        StoreUnreadable: not an address, not a store, damaged, or out of reach.
        StoreNewer: written by a newer version of livedo.
        StoreUnwritable: the file, its folder or the database is read-only, or the disk full.
        StoreBusy: another process held it too long.
    """
    engine = open_engine(url, make=make)
    try:
        bring_up_to_date(engine, make=make)
    except BaseException:
        engine.dispose()
        raise
    return DecisionStore(engine)


class DecisionStore:
    """One store, for any number of threads; several processes may hold the same one."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.place = place_of(engine.url)
        """Where it is, for messages: without a password."""
        self._secrets: dict[str, bytes] = {}

    def close(self) -> None:
        """Lets go of every connection."""
        self._engine.dispose()

    def __enter__(self) -> DecisionStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- entries -------------------------------------------------------------------------

    def add(self, entries: Sequence[NewEntry]) -> list[Entry]:
        """Keeps the entries, all or none, and returns them numbered once they are on the disk.

        An entry whose id is kept already is the one that is kept, so that a tablet
        which heard no answer can ask again.

        Raises:
            EntryInvalid: something impossible, an id used for something else, an
                undoing of what is not there, or an entry made before its person was erased.
            StoreBusy, StoreUnwritable: nothing was kept.
        """
        for entry in entries:
            check(entry)
        with writing(self._engine) as connection:
            if len(entries) >= MANY:
                return self._added_together(connection, entries)
            return [self._added(connection, entry) for entry in entries]

    def _added(self, connection: sa.Connection, entry: NewEntry) -> Entry:
        kept = self._find(connection, entry.entry_id)
        if kept is not None:
            if _without_number(kept) != entry:
                raise _refused("entry_id", "This id is used for another entry.")
            return kept
        if entry.undoes is not None:
            self._check_undoing(connection, entry, entry.undoes)
        self._refuse_erased(connection, entry)
        new = sa.insert(ENTRY).values(_row(entry)).returning(ENTRY.c.sequence)
        row = connection.execute(new)
        return Entry(sequence=int(row.scalar_one()), **_fields(entry))

    def _added_together(
        self, connection: sa.Connection, entries: Sequence[NewEntry]
    ) -> list[Entry]:
        """As one by one, with a few questions to the database instead of three an entry."""
        ids = [entry.entry_id for entry in entries]
        kept = self._kept(connection, ids)
        has_erased = connection.execute(sa.select(ERASURE.c.erasure_id).limit(1)).first()
        new: dict[str, NewEntry] = {}
        for entry in entries:
            same = new.get(entry.entry_id) or kept.get(entry.entry_id)
            if same is not None:
                if _without_number(same) != entry:
                    raise _refused("entry_id", "This id is used for another entry.")
                continue
            self._check_new(connection, entry, new, is_anybody_erased=has_erased is not None)
            new[entry.entry_id] = entry
        if new:
            connection.execute(sa.insert(ENTRY), [_row(entry) for entry in new.values()])
            kept |= self._kept(connection, list(new))
        return [kept[id] for id in ids]

    def _check_new(
        self,
        connection: sa.Connection,
        entry: NewEntry,
        beside: Mapping[str, NewEntry],
        *,
        is_anybody_erased: bool,
    ) -> None:
        """Refuses an undoing of nothing, also of those added `beside`, and what was erased."""
        if entry.undoes is not None:
            undone = beside.get(entry.undoes)
            if undone is None or undone.person_id != entry.person_id:
                self._check_undoing(connection, entry, entry.undoes)
        if is_anybody_erased:
            self._refuse_erased(connection, entry)

    def _kept(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Entry]:
        """Those of these ids that are kept, asked for so many at once as every database allows."""
        found: dict[str, Entry] = {}
        for first in range(0, len(ids), ASKED_TOGETHER):
            which = ENTRY.c.entry_id.in_(ids[first : first + ASKED_TOGETHER])
            for row in connection.execute(sa.select(ENTRY).where(which)):
                found[row.entry_id] = self._entry(row)
        return found

    def _find(self, connection: sa.Connection, entry_id: str) -> Entry | None:
        row = connection.execute(sa.select(ENTRY).where(ENTRY.c.entry_id == entry_id)).first()
        return None if row is None else self._entry(row)

    def _check_undoing(self, connection: sa.Connection, entry: NewEntry, undoes: str) -> None:
        undone = self._find(connection, undoes)
        if undone is None or undone.person_id != entry.person_id:
            raise _refused("undoes", "There is no such entry of this person to undo.")

    def _refuse_erased(self, connection: sa.Connection, entry: NewEntry) -> None:
        """What was erased does not come back from a tablet that was away."""
        if entry.person_id is None:
            return
        erased = sa.select(sa.func.max(ERASURE.c.erased_at)).where(
            ERASURE.c.person_key == self._person_key(connection, entry.person_id)
        )
        erased_at = connection.execute(erased).scalar()
        if erased_at is not None and entry.entered_at <= erased_at:
            raise _refused("entered_at", "It was entered before its person was erased.")

    def of_person(self, person_id: str) -> list[Entry]:
        """Everything entered about one person, in order, undone entries too."""
        return self._entries(ENTRY.c.person_id == person_id)

    def since(self, sequence: int) -> list[Entry]:
        """Everything entered after this number, in order. None is ever missed."""
        return self._entries(ENTRY.c.sequence > sequence)

    def of_kind(self, *kinds: str) -> list[Entry]:
        """Every entry of these kinds, and every undoing, in order.

        Undoings are there so that `standing` can be asked of the result.
        """
        return self._entries(ENTRY.c.kind.in_((*kinds, "undone")))

    def newest_sequence(self) -> int:
        """The highest number given so far; 0 in an empty store."""
        with reading(self._engine) as connection:
            return int(connection.execute(sa.select(sa.func.max(ENTRY.c.sequence))).scalar() or 0)

    def _entries(self, which: sa.ColumnElement[bool]) -> list[Entry]:
        query = sa.select(ENTRY).where(which).order_by(ENTRY.c.sequence)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [self._entry(row) for row in rows]

    def _entry(self, row: sa.Row[tuple[object, ...]]) -> Entry:
        try:
            fields = {**row._mapping, "body": body_from_json(row.body)}
            return Entry(**fields)
        except msgspec.MsgspecError:
            # The error would quote what was entered.
            raise StoreUnreadable(
                "An entry of the store cannot be read.",
                where=f"{self.place}, entry number {row.sequence}",
                next_step="Use the version of livedo that wrote it, or restore a backup.",
            ) from None

    # -- secrets and tokens --------------------------------------------------------------

    def secret(self, name: str) -> bytes:
        """32 random bytes of this name, made once and kept with the store."""
        if name not in self._secrets:
            with reading(self._engine) as connection:
                found = _kept_secret(connection, name)
            if found is None:
                with writing(self._engine) as connection:
                    found = _made_secret(connection, name)
            self._secrets[name] = found
        return self._secrets[name]

    def use_token(self, digest: str, expires_at: Instant, now: Instant | None = None) -> bool:
        """Whether this is the first use of a token; also after a restart, and in another process.

        Tokens that have expired are forgotten. Without `now` that is told from the new
        token: it has not expired and none lives longer than a day.
        """
        gone = now if now is not None else expires_at - LONGEST_TOKEN
        with writing(self._engine) as connection:
            connection.execute(sa.delete(USED_TOKEN).where(USED_TOKEN.c.expires_at < gone))
            used = sa.select(USED_TOKEN.c.digest).where(USED_TOKEN.c.digest == digest)
            if connection.execute(used).first() is not None:
                return False
            connection.execute(sa.insert(USED_TOKEN).values(digest=digest, expires_at=expires_at))
            return True

    # -- erasure, backup -----------------------------------------------------------------

    def forget(self, person_id: str, *, by: str, reason: str, at: Instant) -> int:
        """Deletes everything entered about one person, and keeps that this was done.

        What is kept holds no id: a keyed hash, how many entries, who, why and when.

        Returns:
            How many entries were deleted.
        """
        with writing(self._engine) as connection:
            mine = ENTRY.c.person_id == person_id
            count = connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one()
            erasure = sa.insert(ERASURE).values(
                person_key=self._person_key(connection, person_id),
                entries=count,
                erased_by=by,
                reason=reason,
                erased_at=at,
            )
            written = connection.execute(erasure.returning(ERASURE.c.erasure_id)).scalar_one()
            connection.execute(sa.insert(ERASING).values(person_id=person_id, erasure_id=written))
            connection.execute(sa.delete(ENTRY).where(mine))
            connection.execute(sa.delete(ERASING))
        self._leave_no_trace()
        return int(count)

    def erased_at(self, person_id: str) -> Instant | None:
        """When what was entered about a person was last erased; None if it never was."""
        with reading(self._engine) as connection:
            key = _kept_secret(connection, "erasure")
            if key is None:
                return None
            newest = sa.select(sa.func.max(ERASURE.c.erased_at)).where(
                ERASURE.c.person_key == _keyed(key, person_id)
            )
            found = connection.execute(newest).scalar()
        return None if found is None else int(found)

    def erasure_count(self) -> int:
        """How many erasures were written; whoever keeps entries in memory watches it."""
        with reading(self._engine) as connection:
            return int(
                connection.execute(sa.select(sa.func.count()).select_from(ERASURE)).scalar_one()
            )

    def _person_key(self, connection: sa.Connection, person_id: str) -> str:
        return _keyed(_made_secret(connection, "erasure"), person_id)

    def _leave_no_trace(self) -> None:
        """Takes what was deleted out of the files too, as far as the database lets us."""
        with told_as_ours(self.place):
            if self._engine.dialect.name == "sqlite":
                with closing(self._engine.raw_connection()) as plain:
                    plain.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                return
            with self._engine.connect() as connection:
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                alone.exec_driver_sql("VACUUM entry, erasing")

    def backup(self, path: str | Path) -> None:
        """The whole store as one file, while it is in use; see `livedo.decisions.backup`."""
        from livedo.decisions.backup import write_backup

        write_backup(self._engine, Path(path))


def _keyed(key: bytes, person_id: str) -> str:
    return hmac.new(key, person_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _kept_secret(connection: sa.Connection, name: str) -> bytes | None:
    query = sa.select(SECRET.c.value).where(SECRET.c.name == name)
    found = connection.execute(query).scalar()
    return None if found is None else bytes(found)


def _made_secret(connection: sa.Connection, name: str) -> bytes:
    """The secret of this name, made if it is not there; for a connection that writes."""
    found = _kept_secret(connection, name)
    if found is None:
        found = os.urandom(SECRET_BYTES)
        connection.execute(sa.insert(SECRET).values(name=name, value=found))
    return found


def _fields(entry: NewEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in NewEntry.__struct_fields__}


def _row(entry: NewEntry) -> dict[str, Any]:
    return _fields(entry) | {"body": body_as_json(entry.body)}


def _without_number(entry: NewEntry) -> NewEntry:
    return NewEntry(**_fields(entry))


def _refused(field: str, what: str) -> EntryInvalid:
    return EntryInvalid(
        what,
        where=field,
        still_works="everything entered before; nothing of this was kept",
        next_step="Load the page again and enter it anew.",
    )
