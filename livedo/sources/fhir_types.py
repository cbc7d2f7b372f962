"""The parts of FHIR R4 resources that are read, as typed structs.

Parts that repeat from resource to resource (a code, a subject) stay undecoded
bytes: whoever reads them remembers what the same bytes meant before. Everything
not named here is skipped by the decoder.
"""

from __future__ import annotations

import msgspec

ABSENT = msgspec.Raw()
Raw = msgspec.Raw


class Coding(msgspec.Struct, frozen=True):
    """A code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(msgspec.Struct, frozen=True):
    """Codes that mean the same, and the words someone wrote."""

    coding: tuple[Coding, ...] | None = None
    text: str | None = None


class Identifier(msgspec.Struct, frozen=True):
    """A business identifier."""

    system: str | None = None
    value: str | None = None


class Reference(msgspec.Struct, frozen=True):
    """A pointer to another resource."""

    reference: str | None = None
    identifier: Identifier | None = None
    display: str | None = None
    type: str | None = None


class Quantity(msgspec.Struct, frozen=True, gc=False):
    """A number with a unit of measure."""

    value: float | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Ratio(msgspec.Struct, frozen=True):
    """Two quantities, such as a titre 1:320."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Range(msgspec.Struct, frozen=True):
    """A lowest and a highest quantity."""

    low: Quantity | None = None
    high: Quantity | None = None


class Period(msgspec.Struct, frozen=True):
    """A span; either end may be open."""

    start: str | None = None
    end: str | None = None


class Meta(msgspec.Struct, frozen=True):
    """Version of a resource."""

    versionId: str | None = None  # noqa: N815  FHIR's own name
    lastUpdated: str | None = None  # noqa: N815
    tag: tuple[Coding, ...] | None = None


class Valued(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an Observation and each of its components have in common."""

    code: Raw = ABSENT
    value_quantity: Raw = msgspec.field(default=ABSENT, name="valueQuantity")
    value_concept: Raw = msgspec.field(default=ABSENT, name="valueCodeableConcept")
    value_string: str | None = msgspec.field(default=None, name="valueString")
    value_boolean: bool | None = msgspec.field(default=None, name="valueBoolean")
    value_integer: int | None = msgspec.field(default=None, name="valueInteger")
    value_ratio: Ratio | None = msgspec.field(default=None, name="valueRatio")
    value_range: Range | None = msgspec.field(default=None, name="valueRange")
    value_date_time: str | None = msgspec.field(default=None, name="valueDateTime")
    value_period: Raw = msgspec.field(default=ABSENT, name="valuePeriod")
    value_sampled: Raw = msgspec.field(default=ABSENT, name="valueSampledData")
    value_time: Raw = msgspec.field(default=ABSENT, name="valueTime")
    absent_reason: Raw = msgspec.field(default=ABSENT, name="dataAbsentReason")
    interpretation: Raw = ABSENT
    reference_range: Raw = msgspec.field(default=ABSENT, name="referenceRange")


class Observation(Valued, frozen=True, kw_only=True, gc=False):
    """A measurement, a sign, a finding."""

    id: str | None = None
    meta: Meta | None = None
    identifier: Raw = ABSENT
    focus: Raw = ABSENT
    status: str | None = None
    subject: Raw = ABSENT
    effective_date_time: str | None = msgspec.field(default=None, name="effectiveDateTime")
    effective_instant: str | None = msgspec.field(default=None, name="effectiveInstant")
    effective_period: Period | None = msgspec.field(default=None, name="effectivePeriod")
    effective_timing: Raw = msgspec.field(default=ABSENT, name="effectiveTiming")
    issued: str | None = None
    body_site: Raw = msgspec.field(default=ABSENT, name="bodySite")
    component: Raw = ABSENT


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """A person."""

    id: str | None = None
    meta: Meta | None = None
    identifier: tuple[Identifier, ...] | None = None
    gender: str | None = None
    birth_date: str | None = msgspec.field(default=None, name="birthDate")
    deceased_boolean: bool | None = msgspec.field(default=None, name="deceasedBoolean")
    deceased_date_time: str | None = msgspec.field(default=None, name="deceasedDateTime")
    managing_organization: Reference | None = msgspec.field(
        default=None, name="managingOrganization"
    )


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A diagnosis or problem."""

    id: str | None = None
    meta: Meta | None = None
    clinical_status: CodeableConcept | None = msgspec.field(default=None, name="clinicalStatus")
    verification_status: CodeableConcept | None = msgspec.field(
        default=None, name="verificationStatus"
    )
    code: Raw = ABSENT
    body_site: tuple[Raw, ...] | None = msgspec.field(default=None, name="bodySite")
    subject: Raw = ABSENT
    onset_date_time: str | None = msgspec.field(default=None, name="onsetDateTime")
    onset_period: Period | None = msgspec.field(default=None, name="onsetPeriod")
    onset_age: Quantity | None = msgspec.field(default=None, name="onsetAge")
    onset_range: Range | None = msgspec.field(default=None, name="onsetRange")
    onset_string: str | None = msgspec.field(default=None, name="onsetString")
    abatement_date_time: str | None = msgspec.field(default=None, name="abatementDateTime")
    abatement_period: Period | None = msgspec.field(default=None, name="abatementPeriod")
    abatement_age: Quantity | None = msgspec.field(default=None, name="abatementAge")
    abatement_range: Range | None = msgspec.field(default=None, name="abatementRange")
    abatement_string: str | None = msgspec.field(default=None, name="abatementString")
    abatement_boolean: bool | None = msgspec.field(default=None, name="abatementBoolean")
    recorded_date: str | None = msgspec.field(default=None, name="recordedDate")


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """How often, and within which span."""

    bounds_period: Period | None = msgspec.field(default=None, name="boundsPeriod")
    bounds_duration: Quantity | None = msgspec.field(default=None, name="boundsDuration")
    frequency: float | None = None
    period: float | None = None
    period_unit: str | None = msgspec.field(default=None, name="periodUnit")
    frequency_max: float | None = msgspec.field(default=None, name="frequencyMax")
    period_max: float | None = msgspec.field(default=None, name="periodMax")
    day_of_week: tuple[str, ...] | None = msgspec.field(default=None, name="dayOfWeek")
    when: tuple[str, ...] | None = None
    time_of_day: tuple[str, ...] | None = msgspec.field(default=None, name="timeOfDay")


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """When a dose is taken."""

    repeat: Repeat | None = None
    code: CodeableConcept | None = None


class DoseAndRate(msgspec.Struct, frozen=True, kw_only=True):
    """How much is taken."""

    dose_quantity: Quantity | None = msgspec.field(default=None, name="doseQuantity")


class Dosage(msgspec.Struct, frozen=True, kw_only=True):
    """How a drug is taken."""

    text: str | None = None
    timing: Timing | None = None
    as_needed_boolean: bool | None = msgspec.field(default=None, name="asNeededBoolean")
    as_needed_concept: Raw = msgspec.field(default=ABSENT, name="asNeededCodeableConcept")
    site: Raw = ABSENT
    route: Raw = ABSENT
    dose_and_rate: tuple[DoseAndRate, ...] | None = msgspec.field(default=None, name="doseAndRate")


class Ingredient(msgspec.Struct, frozen=True, kw_only=True):
    """What a drug is made of."""

    item_concept: Raw = msgspec.field(default=ABSENT, name="itemCodeableConcept")


class Medication(msgspec.Struct, frozen=True, kw_only=True):
    """A drug product."""

    id: str | None = None
    meta: Meta | None = None
    code: Raw = ABSENT
    form: Raw = ABSENT
    ingredient: tuple[Ingredient, ...] | None = None


class Contained(msgspec.Struct, frozen=True, kw_only=True):
    """The kind and id of a resource that travels inside another."""

    resource_type: str | None = msgspec.field(default=None, name="resourceType")
    id: str | None = None


class DrugItem(msgspec.Struct, frozen=True, kw_only=True):
    """What requests, statements and administrations have in common."""

    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    subject: Raw = ABSENT
    contained: tuple[Raw, ...] | None = None
    medication_concept: Raw = msgspec.field(default=ABSENT, name="medicationCodeableConcept")
    medication_reference: Reference | None = msgspec.field(default=None, name="medicationReference")


class MedicationRequest(DrugItem, frozen=True, kw_only=True):
    """An order."""

    intent: str | None = None
    do_not_perform: bool | None = msgspec.field(default=None, name="doNotPerform")
    authored_on: str | None = msgspec.field(default=None, name="authoredOn")
    dosage: tuple[Dosage, ...] | None = msgspec.field(default=None, name="dosageInstruction")


class MedicationStatement(DrugItem, frozen=True, kw_only=True):
    """What someone says is taken."""

    effective_date_time: str | None = msgspec.field(default=None, name="effectiveDateTime")
    effective_period: Period | None = msgspec.field(default=None, name="effectivePeriod")
    date_asserted: str | None = msgspec.field(default=None, name="dateAsserted")
    dosage: tuple[Dosage, ...] | None = None


class AdministeredDosage(msgspec.Struct, frozen=True, kw_only=True):
    """The dose that was given."""

    text: str | None = None
    site: Raw = ABSENT
    route: Raw = ABSENT
    dose: Quantity | None = None


class MedicationAdministration(DrugItem, frozen=True, kw_only=True):
    """A dose that was given."""

    effective_date_time: str | None = msgspec.field(default=None, name="effectiveDateTime")
    effective_period: Period | None = msgspec.field(default=None, name="effectivePeriod")
    dosage: AdministeredDosage | None = None


class Procedure(msgspec.Struct, frozen=True, kw_only=True):
    """Something done to a person."""

    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    code: Raw = ABSENT
    subject: Raw = ABSENT
    performed_date_time: str | None = msgspec.field(default=None, name="performedDateTime")
    performed_period: Period | None = msgspec.field(default=None, name="performedPeriod")
    performed_string: str | None = msgspec.field(default=None, name="performedString")
    body_site: tuple[Raw, ...] | None = msgspec.field(default=None, name="bodySite")


class DiagnosticReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report with a conclusion; its results are Observations of their own."""

    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    code: Raw = ABSENT
    subject: Raw = ABSENT
    contained: tuple[Raw, ...] | None = None
    effective_date_time: str | None = msgspec.field(default=None, name="effectiveDateTime")
    effective_period: Period | None = msgspec.field(default=None, name="effectivePeriod")
    issued: str | None = None
    result: tuple[Reference, ...] | None = None
    conclusion: str | None = None
    conclusion_code: tuple[Raw, ...] | None = msgspec.field(default=None, name="conclusionCode")


class ImagingStudy(msgspec.Struct, frozen=True, kw_only=True):
    """That a study was made; what it showed is told by Observations and reports."""

    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    subject: Raw = ABSENT
    started: str | None = None
    modality: tuple[Coding, ...] | None = None
    procedure_code: tuple[Raw, ...] | None = msgspec.field(default=None, name="procedureCode")
    description: str | None = None


class Header(msgspec.Struct, frozen=True, gc=False):
    """The first look at any resource."""

    resourceType: str  # noqa: N815  FHIR's own name
    id: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a Bundle."""

    full_url: str | None = msgspec.field(default=None, name="fullUrl")
    resource: Raw = ABSENT


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """A Bundle whose entries are still undecoded."""

    resourceType: str  # noqa: N815  FHIR's own name
    type: str | None = None
    entry: tuple[Raw, ...] | None = None
