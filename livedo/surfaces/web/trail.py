"""What one request leaves in the audit log: one event, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from livedo.access.roles import User
from livedo.audit.events import Event
from livedo.instants import Instant

NOBODY = "nobody"


class Trail:
    """The event of one request. A route says what was done; the guard writes it."""

    def __init__(
        self,
        *,
        route: str,
        request: str,
        at: Instant,
        must_record: bool,
        link_of: Callable[[str], str],
    ) -> None:
        self._route, self._request, self._at = route, request, at
        self._link_of = link_of
        self._said: tuple[str, str | None, str] | None = None
        self.must_record = must_record
        self.user: User | None = None
        self._is_refusal_noted = False
        self.who = ""
        self.reason = ""

    def record(
        self, action: str, person_id: str | None = None, detail: str | Mapping[str, object] = ""
    ) -> None:
        """Says what this request did, and about whom. `detail` never holds a patient's value.

        Raises:
            RuntimeError: said before; one answer has one event.
        """
        if self._said is not None:
            raise RuntimeError("a request has one event, and this one has it already")
        link = None if person_id is None else self._link_of(person_id)
        if not isinstance(detail, str):
            detail = ", ".join(f"{name} {value}" for name, value in detail.items())
        self._said = (action, link, detail)

    @property
    def is_missing(self) -> bool:
        """Whether an answer with patient data would leave without an event."""
        return self.must_record and self._said is None

    def refused(self, reason: str, who: str = "") -> None:
        """Notes why nobody was let in; the event goes out with the refusal."""
        self.reason, self.who, self._is_refusal_noted = reason, who, True

    def event(self, status: int) -> Event | None:
        """The event that must be on the disk before an answer with this status leaves."""
        if status < 400:
            return self._of(*self._said, "done") if self._said else None
        outcome = "refused" if status < 500 else "failed"
        if self._said:
            return self._of(*self._said, outcome)
        is_about_patients = self.must_record and self.user is not None
        if not (self._is_refusal_noted or is_about_patients):
            # A stranger who was shown nothing must not be able to fill the log.
            return None
        detail = f"status {status}" + (f": {self.reason}" if self.reason else "")
        return self._of("not shown", None, detail, outcome)

    def _of(self, action: str, link: str | None, detail: str, outcome: str) -> Event:
        return Event(
            at=self._at,
            who=self.user.name if self.user else self.who or NOBODY,
            roles=self.user.sorted_roles if self.user else (),
            action=action,
            person=link,
            route=self._route,
            request=self._request,
            outcome=outcome,
            detail=detail,
        )
