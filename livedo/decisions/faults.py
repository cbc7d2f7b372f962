"""What a database says went wrong, as an error that a person can act on.

The text of a database error may quote a patient's values, so nothing of it is
passed on: only its kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, TimeoutError

from livedo.errors import LivedoError, StoreBusy, StoreUnreadable, StoreUnwritable

KEPT = "everything entered before; what was just entered was not kept"


class Fault(NamedTuple):
    """One kind of trouble and what to do about it."""

    error: type[LivedoError]
    what: str
    next_step: str


BUSY = Fault(
    StoreBusy,
    "Somebody else is writing to the store and did not finish in time.",
    "Enter it again. If it goes on, look for another livedo that uses this store.",
)
FULL = Fault(
    StoreUnwritable,
    "The disk of the store is full.",
    "Make room on the disk, then enter it again.",
)
READ_ONLY = Fault(
    StoreUnwritable,
    "The store cannot be written: the file, its folder or the database is read-only.",
    "Give the user that runs livedo the right to write the file and its folder.",
)
REFUSED = Fault(
    StoreUnwritable,
    "The disk refused to write the store.",
    "Look at the disk: its free space, its limits and its health. Then enter it again.",
)
DAMAGED = Fault(
    StoreUnreadable,
    "The store is damaged or is not a store.",
    "Keep the file as it is, and restore the newest backup into a new place: livedo restore.",
)
UNREACHABLE = Fault(
    StoreUnreadable,
    "The database of the store cannot be reached, or refuses to let livedo in.",
    "Look whether the server runs, and at the user and the name of the database in the address.",
)
FAILED = Fault(
    StoreUnwritable,
    "The database refused what livedo asked of it.",
    "Run livedo doctor, and compare the version of livedo with that of the store.",
)

_OF_SQLITE: tuple[tuple[str, Fault], ...] = (
    ("SQLITE_BUSY", BUSY),
    ("SQLITE_LOCKED", BUSY),
    ("SQLITE_FULL", FULL),
    ("SQLITE_READONLY", READ_ONLY),
    ("SQLITE_CANTOPEN", READ_ONLY),
    ("SQLITE_IOERR", REFUSED),
    ("SQLITE_NOTADB", DAMAGED),
    ("SQLITE_CORRUPT", DAMAGED),
)
_OF_POSTGRESQL: tuple[tuple[str, Fault], ...] = (
    ("55P03", BUSY),
    ("40", BUSY),
    ("57014", BUSY),
    ("53100", FULL),
    ("53", UNREACHABLE),
    ("57P", UNREACHABLE),
    ("08", UNREACHABLE),
    ("28", UNREACHABLE),
    ("3D", UNREACHABLE),
    ("25006", READ_ONLY),
    ("42501", READ_ONLY),
    ("58", REFUSED),
    ("XX001", DAMAGED),
)


def fault_of(error: BaseException) -> Fault:
    """The kind of trouble behind a database's own error."""
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        return _first(_OF_SQLITE, name, FAILED)
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return _first(_OF_POSTGRESQL, state, FAILED)
    # Without a state the server was never reached, or went away.
    return UNREACHABLE if type(error).__name__ == "OperationalError" else FAILED


def _first(faults: tuple[tuple[str, Fault], ...], name: str, otherwise: Fault) -> Fault:
    return next((fault for prefix, fault in faults if name.startswith(prefix)), otherwise)


def as_error(fault: Fault, where: str) -> LivedoError:
    """The fault as the error that is shown."""
    return fault.error(fault.what, where=where, still_works=KEPT, next_step=fault.next_step)


@contextmanager
def told_as_ours(where: str) -> Iterator[None]:
    """Turns what a database raises into an error of ours, without its words."""
    try:
        yield
    except DBAPIError as error:
        raise as_error(fault_of(error.orig or error), where) from None
    except TimeoutError:
        raise as_error(BUSY, where) from None


def place_of(url: sa.URL) -> str:
    """Where a store is, for messages: the file, or the address without the password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)
