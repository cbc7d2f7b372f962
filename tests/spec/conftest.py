"""The one fixture of the specification."""

import pytest

from tests.spec.example import Spec


@pytest.fixture
def spec() -> Spec:
    """Judges the examples of one paragraph."""
    return Spec()
