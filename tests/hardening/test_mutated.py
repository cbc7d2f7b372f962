"""Lines damaged at random: whatever they have become, only a ledger comes of it."""

from __future__ import annotations

import random

import msgspec
import pytest

from tests.intake.made import bundle, condition, patient, request, result, settled

WHOLE = [
    msgspec.json.encode(one)
    for one in (
        patient(),
        result(1.8, "mmol/L"),
        condition(bodySite=[{"text": "left leg"}]),
        request(dosageInstruction=[{"route": {"text": "oral"}}]),
        bundle(patient(), result(1.8, "mmol/L"), request()),
    )
]
BITS = [b"null", b'"', b"{", b"}", b"[", b"1e400", b"NaN", b"\xff", b"\x00", b'""', b"[]", b","]


def damaged(line: bytes, chance: random.Random) -> bytes:
    """The line with up to three bits of it deleted, replaced or inserted."""
    made = bytearray(line)
    for _ in range(chance.randint(0, 3)):
        place = chance.randrange(len(made) + 1)
        until = place + chance.choice((0, 0, 1, 20))
        made[place:until] = chance.choice(BITS) if chance.random() < 0.7 else b""
    return bytes(made)


@pytest.mark.parametrize("seed", range(12))
def test_damaged_lines_never_stop_a_read(seed: int) -> None:
    chance = random.Random(seed)
    lines = [damaged(chance.choice(WHOLE), chance) for _ in range(120)]
    totals = settled(*lines).totals
    assert totals.items_in == totals.used + totals.set_aside
