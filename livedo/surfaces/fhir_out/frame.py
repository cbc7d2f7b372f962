"""What all resources of one result share: whom it is about, when, from which knowledge."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from livedo import __version__, instants
from livedo.record.tables import Instant
from livedo.sources.fhir_meaning import fhir_meaning
from livedo.surfaces.fhir_out.elements import Element, coding, concept, identifier, narrative
from livedo.surfaces.fhir_out.settings import Systems, fhir_out
from livedo.surfaces.words import Words

NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:livedo:assessment")
_RESOURCE_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Frame:
    """One result: the resources of it are named by what it was made from."""

    words: Words
    units: str
    moment: Instant
    as_of_text: str
    knowledge: str
    is_invented: bool
    about: str
    """The person, or the run of a worklist."""

    @property
    def as_of(self) -> str:
        """The moment of judgement as FHIR writes it."""
        return instants.iso(self.moment)

    @property
    def systems(self) -> Systems:
        """Our own systems."""
        return fhir_out().systems

    @property
    def author(self) -> str:
        """Who says it."""
        return self.words.text("fhir_out.author")

    def id(self, kind: str, part: str = "") -> str:
        """The id of a resource: the same whenever the same is judged by the same knowledge."""
        made_from = (kind, part, self.about, self.as_of, self.knowledge, __version__)
        return str(uuid.uuid5(NAMES, "\x1f".join((*made_from, self.words.lang, self.units))))

    def resource(
        self, kind: str, body: Element, part: str = "", said: Sequence[str] = ()
    ) -> Element:
        """A resource with its id, its mark of invented data, its language and its narrative."""
        return {
            "resourceType": kind,
            "id": self.id(kind, part),
            **self._meta(),
            "language": self.words.lang,
            **narrative(said, self.words.lang),
            **body,
        }

    def _meta(self) -> Element:
        if not self.is_invented:
            return {}
        system, _, code = fhir_meaning().test_data.partition("|")
        return {"meta": {"tag": [coding(system, code)]}}

    def identified(self, kind: str, part: str = "") -> Element:
        """The identifier of what the assessment gives, which stays with copies of it."""
        return {"identifier": [identifier(self.systems.assessment, self.id(kind, part))]}

    def to(self, kind: str, part: str = "") -> Element:
        """A reference to another resource of the same result."""
        return {"reference": f"urn:uuid:{self.id(kind, part)}", "type": kind}

    def entry(self, resource: Element) -> Element:
        """A resource as an entry of a Bundle."""
        return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}

    def collection(self, resources: Sequence[Element]) -> Element:
        """The Bundle of these resources."""
        body = {
            "identifier": identifier(self.systems.assessment, self.id("Bundle")),
            "type": "collection",
            "timestamp": self.as_of,
            "entry": [self.entry(resource) for resource in resources],
        }
        return self.resource("Bundle", body)

    def patient(self, person_id: str) -> Element:
        """A reference to the person by id alone; nothing else about them is copied."""
        if _RESOURCE_ID.fullmatch(person_id):
            return {"reference": f"Patient/{person_id}", "type": "Patient"}
        return {"type": "Patient", "identifier": identifier(self.systems.person, person_id)}

    def device(self) -> Element:
        """The program that says all this, with its version and that of its knowledge."""
        body: Element = {
            "status": "active",
            "deviceName": [{"name": self.author, "type": "user-friendly-name"}],
            "type": concept(self.words.text("fhir_out.device")),
            "version": [
                {"type": {"text": "software"}, "value": __version__},
                {"type": {"text": "knowledge"}, "value": self.knowledge},
            ],
        }
        return self.resource("Device", body, said=[f"{self.author} {__version__}"])

    def provenance(
        self, targets: Sequence[Element], sources: Sequence[Element], activity: str
    ) -> Element:
        """Who made these resources, when, and from what."""
        system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
        knowledge = {
            "identifier": identifier(self.systems.knowledge, self.knowledge),
            "display": self.words.text("fhir_out.knowledge", knowledge=self.knowledge),
        }
        body = {
            "target": [self._target(resource) for resource in targets],
            "occurredDateTime": self.as_of,
            "recorded": self.as_of,
            "activity": concept(activity),
            "agent": [
                {
                    "type": concept("author", coding(system, "author")),
                    "who": self.to("Device"),
                }
            ],
            "entity": [{"role": "source", "what": what} for what in (knowledge, *sources)],
        }
        said = [activity, self.words.text("fhir_out.judged_on", as_of=self.as_of_text)]
        return self.resource("Provenance", body, said=said)

    def _target(self, resource: Element) -> Element:
        return {"reference": f"urn:uuid:{resource['id']}", "type": resource["resourceType"]}
