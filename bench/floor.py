"""The floor: one small question put to the same files with nothing but DuckDB.

It gives no evidence, no reasons, no units and no ledger, so it is a floor, not a rival.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

QUESTION = """
    SELECT count(*) FROM (
        SELECT subject.reference AS person, max_by(valueQuantity.value, effectiveDateTime) AS newest
        FROM read_json(?, format = 'newline_delimited', columns = {
            subject: 'STRUCT(reference VARCHAR)',
            code: 'STRUCT(coding STRUCT(code VARCHAR)[])',
            effectiveDateTime: 'TIMESTAMP',
            valueQuantity: 'STRUCT(value DOUBLE)'})
        WHERE code.coding[1].code = '2777-1'
        GROUP BY person)
    WHERE newest > 5.5
"""


def people_with_high_phosphate(folder: Path) -> int:
    """How many people's newest phosphate is above 5.5 mg/dL."""
    found = duckdb.execute(QUESTION, [str(folder / "Observation.ndjson")]).fetchone()
    return int(found[0]) if found else 0


if __name__ == "__main__":
    print(people_with_high_phosphate(Path(sys.argv[1])))
