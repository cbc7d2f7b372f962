"""Every error a user can meet: its permanent code and its exit status.

An error says what happened, where, what still works and what to do next.
It never carries a patient's value. Codes and exit statuses are never reused.

Exit statuses: 0 done, 1 findings when asked with `--fail-on`, 2 usage,
10 and up as listed here.
"""

from __future__ import annotations


class LivedoError(Exception):
    """An error that is safe and useful to show to a person.

    Args:
        what: what happened, in a sentence.
        where: file and line, or the option, if there is one.
        still_works: what was kept or still works.
        next_step: what the reader can do now.
    """

    code = "LIV-000"
    exit_status = 10

    def __init__(
        self, what: str, *, where: str = "", still_works: str = "", next_step: str = ""
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.still_works = still_works
        self.next_step = next_step

    def __str__(self) -> str:
        lines = [f"{self.what} [{self.code}]"]
        for label, text in (
            ("Where", self.where),
            ("Still works", self.still_works),
            ("Next", self.next_step),
        ):
            if text:
                lines.append(f"  {label}: {text}")
        return "\n".join(lines)


class SourceUnreadable(LivedoError):
    """A source file or folder could not be opened or holds nothing to read."""

    code = "LIV-101"
    exit_status = 11


class RecordUnreadable(LivedoError):
    """The folder is not a record, or a record of another version."""

    code = "LIV-102"
    exit_status = 12


class PersonUnknown(LivedoError):
    """No person with this id in the record."""

    code = "LIV-103"
    exit_status = 13


class OutputUnwritable(LivedoError):
    """The output could not be written; nothing partial was left behind."""

    code = "LIV-104"
    exit_status = 14


class SourceTooLarge(LivedoError):
    """A document holds more than is judged on the spot; nothing of it was kept."""

    code = "LIV-105"
    exit_status = 15


class KnowledgeInvalid(LivedoError):
    """Knowledge files hold mistakes; all of them are listed."""

    code = "LIV-201"
    exit_status = 20


class UnknownUnit(LivedoError):
    """No conversion is known for this analyte and unit of measure."""

    code = "LIV-202"
    exit_status = 21


class UnknownConcept(LivedoError):
    """A concept, rule or claim id that the knowledge does not hold."""

    code = "LIV-203"
    exit_status = 22


class DateInvalid(LivedoError):
    """A date or a span that cannot be read as one."""

    code = "LIV-204"
    exit_status = 23


class SettingInvalid(LivedoError):
    """A setting in `livedo.toml` or in the environment that cannot be used."""

    code = "LIV-205"
    exit_status = 24


class MappingInvalid(LivedoError):
    """The mapping of an extract holds mistakes; all of them are listed."""

    code = "LIV-206"
    exit_status = 25


class OverrideRefused(LivedoError):
    """A centre's own number for a rule cannot be used; all that cannot are named."""

    code = "LIV-210"
    exit_status = 28


class PartMissing(LivedoError):
    """A part of the installation that this command needs is not there."""

    code = "LIV-301"
    exit_status = 30


class StoreUnreadable(LivedoError):
    """The store of what people entered cannot be opened: another file, damaged, out of reach."""

    code = "LIV-401"
    exit_status = 40


class StoreNewer(LivedoError):
    """The store was written by a newer version of Livedo."""

    code = "LIV-402"
    exit_status = 41


class StoreBusy(LivedoError):
    """Somebody else is writing to the store and did not finish in time; nothing was kept."""

    code = "LIV-403"
    exit_status = 42


class StoreUnwritable(LivedoError):
    """The store could not write: disk full, folder read-only, no permission; nothing was kept."""

    code = "LIV-404"
    exit_status = 43


class StoreNotEmpty(LivedoError):
    """A backup is restored into an empty store only."""

    code = "LIV-405"
    exit_status = 44


class BackupUnreadable(LivedoError):
    """The file is no backup of a store, or an incomplete or changed one."""

    code = "LIV-406"
    exit_status = 45


class EntryInvalid(LivedoError):
    """What was entered cannot be kept; the message names the field and never its value."""

    code = "LIV-407"
    exit_status = 46


class CallRefused(LivedoError):
    """A call of a record system that cannot be answered; its text holds no value of the call."""

    code = "LIV-501"
    exit_status = 50


class AuditUnwritable(LivedoError):
    """The audit log cannot be written or opened; what would need an event is refused."""

    code = "LIV-601"
    exit_status = 60


class AuditChanged(LivedoError):
    """The audit log is not as it was written: a line was removed, changed, moved or cut off."""

    code = "LIV-602"
    exit_status = 61


class AccessUnsafe(LivedoError):
    """The service would be open to people who have not signed in; it does not start."""

    code = "LIV-603"
    exit_status = 62


class ProviderUnreachable(LivedoError):
    """The sign-in provider or the keys of a CDS client cannot be fetched."""

    code = "LIV-604"
    exit_status = 63


class RegisterUnreadable(LivedoError):
    """A folder to import holds no file of the case register."""

    code = "LIV-705"
    exit_status = 75


class RegisterOfAnotherStore(LivedoError):
    """No case number of a folder to import is known: another store made them."""

    code = "LIV-706"
    exit_status = 76


class DisclosureRefused(LivedoError):
    """Small numbers may not be shown so: nobody answers for it, or too little is hidden."""

    code = "LIV-725"
    exit_status = 85


class YearsInvalid(LivedoError):
    """The years asked for cannot be reported: not over, or nobody was watched in all of them."""

    code = "LIV-726"
    exit_status = 86


class Unexpected(LivedoError):
    """An error of the program itself. The message names its kind and never a value."""

    code = "LIV-900"
    exit_status = 99


class Interrupted(LivedoError):
    """The reader pressed Ctrl-C."""

    code = "LIV-901"
    exit_status = 130
