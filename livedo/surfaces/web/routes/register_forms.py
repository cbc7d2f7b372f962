"""Filling in one form of a case: what is typed is kept as one entry that holds what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livedo.decisions.entries import CaseReport, Entry
from livedo.errors import EntryInvalid
from livedo.knowledge.register import Form as CaseReportPart
from livedo.knowledge.register import load_case_report_form
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import page, reader_of
from livedo.surfaces.web.refusals import Refused
from livedo.surfaces.web.register_answers import number_in_field, shown_in_field
from livedo.surfaces.web.register_desk import Register
from livedo.surfaces.web.register_history import is_of
from livedo.surfaces.web.register_rows import Rows
from livedo.surfaces.web.register_saving import (
    NEW,
    Sent,
    confirmed,
    instance_of,
    read_form,
    with_reference,
)
from livedo.surfaces.web.routes.register import about, register_of, show_case, to_case

router = APIRouter()

SAVE, MORE, CONFIRM, REMOVE = "save", "more", "confirm", "remove"
ALL = "all"
NOTHING = Sent(values=(), mistakes=(), typed={})

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]
Enters = Annotated[User, Depends(Allow("clinician", patient_data=True))]


async def sent_form(request: Request) -> Mapping[str, str]:
    """Every field of a form by name; files are left out."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def form_of(id: str) -> CaseReportPart:
    """The form of an address.

    Raises:
        Refused: 404, there is none.
    """
    found = load_case_report_form().form(id)
    if found is None:
        raise Refused(404)
    return found


@router.get("/register/{link}/forms/{form_id}")
def form_page(request: Request, link: str, form_id: str, user: Reads) -> Response:
    """One form of a case, to be filled in."""
    form, register = form_of(form_id), register_of(request)
    person_id = register.person_of(link)
    asked = request.query_params.get("instance", NEW if form.repeats else "1")
    instance = instance_of(asked, form, register.form(person_id))
    if instance is None:
        raise Refused(404)
    return show_form(request, person_id, user, form, instance, is_new=asked == NEW)


def show_form(
    request: Request,
    person_id: str,
    user: User,
    form: CaseReportPart,
    instance: int,
    *,
    is_new: bool,
    sent: Sent = NOTHING,
    refused: str = "",
) -> Response:
    """The page of a form, with what was typed still there where it was refused."""
    event(request, "case form shown", person_id)
    rows = Rows(register_of(request), reader_of(request))
    part = rows.part(person_id, form, instance)
    around = about(request, person_id, user)
    context = {
        **around,
        "part": part,
        "instance": NEW if is_new else instance,
        "is_new": is_new,
        "typed": sent.typed,
        "mistakes": {one.field: one.text for one in sent.mistakes},
        "refused": refused,
        "choices": rows.choices,
        "number": lambda value: number_in_field(f"{value:g}", rows.reader.words),
        "in_field": lambda row: shown_in_field(row.field, row.kept, rows.reader.words),
    }
    title = f"{part.title}: {around['heading']}"
    moment = rows.register.service.moment_of(person_id)
    status = 422 if refused else 200
    return page(request, "register_form", title, user, context, as_of=moment, status=status)


@router.post("/register/{link}/forms/{form_id}")
def save(
    request: Request,
    link: str,
    form_id: str,
    user: Enters,
    entry_id: Annotated[str, Form(max_length=64)],
    do: Annotated[str, Form()],
    sent: Annotated[Mapping[str, str], Depends(sent_form)],
    instance: Annotated[str, Form()] = "1",
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Keeps what changed, or what the record says, or takes an instance out."""
    register, form = register_of(request), form_of(form_id)
    person_id = register.person_of(link)
    saving = Saving(request, register, person_id, user, form, entry_id)
    with register.service.lock:
        if do == CONFIRM and not any(name.startswith("f-") for name in sent):
            return saving.confirm(instance, seen)
        number = saving.instance(instance)
        if number is None or do not in (SAVE, MORE, CONFIRM, REMOVE):
            raise Refused(422)
        if do == REMOVE:
            return saving.remove(number)
        return saving.save(number, sent, do, is_new=instance == NEW)


class Saving:
    """One request that changes one form of one case."""

    def __init__(
        self,
        request: Request,
        register: Register,
        person_id: str,
        user: User,
        form: CaseReportPart,
        entry_id: str,
    ) -> None:
        self.request, self.user, self.entry_id = request, user, entry_id
        self.register, self.person_id, self.form = register, person_id, form
        self.rows = Rows(register, reader_of(request))
        self.entries = register.service.entries(person_id)
        self.link = register.service.link_of(person_id)

    def instance(self, asked: str) -> int | None:
        """The instance that the form is about."""
        filled = self.register.form(self.person_id)
        return instance_of(asked, self.form, filled, self.own())

    def there(self) -> list[int]:
        """The instances there are."""
        filled = self.register.form(self.person_id)
        return filled.instances(self.form.id) if self.form.repeats else [1]

    def own(self) -> list[Entry]:
        """What this very form has made already."""
        made = ((entry, entry.entry_id.partition("~")[0]) for entry in self.entries)
        return [entry for entry, id in made if is_of(id, self.entry_id)]

    @property
    def today(self) -> date:
        """The local day."""
        service = self.register.service
        return self.rows.words.dates.local_day(service.clock.now())

    def save(self, number: int, sent: Mapping[str, str], do: str, *, is_new: bool) -> Response:
        """Keeps what changed; shows the form again where something cannot be kept."""
        part = self.rows.part(self.person_id, self.form, number)
        found = read_form(self.rows, part, sent, self.today, is_again=bool(self.own()))
        text = self.rows.reader.words
        if found.mistakes:
            told = text.count("register.mistake.some", len(found.mistakes))
            return self._again(number, found, told, is_new=is_new)
        values = dict(found.values)
        if do == CONFIRM:
            values = {**dict(confirmed(part)), **values}
        if not values:
            # Nothing changed: nothing is kept, and the page of the case says nothing new.
            event(self.request, "case form unchanged", self.person_id)
            return to_case(self.link, "", self._anchor(number))
        report = CaseReport(
            form=self.form.id, instance=number, values=with_reference(part, list(values.items()))
        )
        try:
            entry = self._keep(report, self.entry_id)
        except EntryInvalid as error:
            return self._again(
                number, found, f"{text.text('register.not_kept')} {error.what}", is_new=is_new
            )
        event(self.request, "case form entered", self.person_id)
        if do == MORE:
            address = (
                f"/register/{self.link}/forms/{self.form.id}?instance={NEW}&saved={entry.entry_id}"
            )
            return RedirectResponse(address, 303)
        return to_case(self.link, entry.entry_id, self._anchor(number))

    def _again(self, number: int, found: Sent, refused: str, *, is_new: bool) -> Response:
        return show_form(
            self.request, self.person_id, self.user, self.form, number,
            is_new=is_new, sent=found, refused=refused,
        )  # fmt: skip

    def _keep(self, report: CaseReport, entry_id: str) -> Entry:
        return self.register.service.enter(self.person_id, report, self.user, entry_id)

    def _anchor(self, number: int) -> str:
        return f"{self.form.id}-{number}" if self.form.repeats else self.form.id

    def remove(self, number: int) -> Response:
        """Takes an instance out; it can be brought back from the history."""
        if not self.form.repeats:
            raise Refused(422)
        report = CaseReport(form=self.form.id, instance=number, is_removed=True)
        entry = self._keep(report, self.entry_id)
        event(self.request, "part of a case removed", self.person_id)
        return to_case(self.link, entry.entry_id, self.form.id)

    def confirm(self, asked: str, seen: str) -> Response:
        """Enters what the record says, as the page showed it: of one instance, or of all."""
        numbers = self.there() if asked == ALL else [self.instance(asked)]
        parts = [self.rows.part(self.person_id, self.form, n) for n in numbers if n is not None]
        if not self.own() and "".join(part.seen for part in parts) != seen:
            told = self.rows.reader.words.text("register.mistake.record_changed")
            return show_case(self.request, self.person_id, self.user, told)
        for part in parts:
            values = confirmed(part)
            if values:
                answers = with_reference(part, values)
                report = CaseReport(form=self.form.id, instance=part.instance, values=answers)
                suffix = f".{part.instance}" if asked == ALL else ""
                self._keep(report, self.entry_id + suffix)
        event(self.request, "case form confirmed", self.person_id)
        return to_case(self.link, self.entry_id, self.form.id)
