"""Results as FHIR R4 (4.0.1): one person's assessment, and the worklist.

What each element means and why it was chosen: `docs/reference/fhir.md`. Codes, severities and
statuses: `knowledge/fhir_out.yaml`. Nothing identifying is copied, no probability is given,
nothing is ordered, and no drug is ever proposed.
"""

from livedo.surfaces.fhir_out.bundle import MEDIA_TYPE, assessment_bundle, encoded
from livedo.surfaces.fhir_out.worklist import worklist_bundle

__all__ = ["MEDIA_TYPE", "assessment_bundle", "encoded", "worklist_bundle"]
