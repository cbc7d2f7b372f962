"""A PNG with at most 256 colours: pictures of text lose nothing and become a third of the size."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}
"""Bytes a pixel of the two colour types that a browser writes: with and without opacity."""

Pixel = tuple[int, int, int]
MOST_COLOURS = 256


def reduce_colours(path: Path) -> None:
    """Rewrites a picture of a browser in place."""
    chunks = dict(merged(path.read_bytes()))
    width, height, _, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    rows = list(pixel_rows(zlib.decompress(chunks[b"IDAT"]), width, height, CHANNELS[kind]))
    path.write_bytes(encoded(rows, width, height))


def merged(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each kind of chunk with its content; the parts of the image are joined."""
    image = b""
    place = len(SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12
        if kind == b"IDAT":
            image += content
        else:
            yield kind, content
    yield b"IDAT", image


def pixel_rows(image: bytes, width: int, height: int, channels: int) -> Iterator[list[Pixel]]:
    """Rows of pixels, each row's filter undone."""
    size = width * channels
    above = bytearray(size)
    for number in range(height):
        start = number * (size + 1)
        row = bytearray(image[start + 1 : start + 1 + size])
        undo(image[start], row, above, channels)
        yield list(zip(row[0::channels], row[1::channels], row[2::channels], strict=True))
        above = row


def undo(method: int, row: bytearray, above: bytearray, step: int) -> None:
    """The five filters of PNG, undone in place."""
    if method == 0:
        return
    for n, value in enumerate(row):
        left = row[n - step] if n >= step else 0
        corner = above[n - step] if n >= step else 0
        row[n] = (value + guess(method, left, above[n], corner)) & 0xFF


def guess(method: int, left: int, up: int, corner: int) -> int:
    """What the filter expected at this place."""
    if method < 4:
        return (0, left, up, (left + up) // 2)[method]
    estimate = left + up - corner
    return min(
        (abs(estimate - left), 0, left),
        (abs(estimate - up), 1, up),
        (abs(estimate - corner), 2, corner),
    )[2]


def encoded(rows: list[list[Pixel]], width: int, height: int) -> bytes:
    """The rows as a PNG with a palette."""
    counts = Counter(pixel for row in rows for pixel in row)
    palette = chosen(counts)
    index = {pixel: nearest(pixel, palette) for pixel in counts}
    image = b"".join(b"\0" + bytes(index[pixel] for pixel in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [
        (b"IHDR", header),
        (b"PLTE", b"".join(map(bytes, palette))),
        (b"IDAT", zlib.compress(image, 9)),
        (b"IEND", b""),
    ]
    return SIGNATURE + b"".join(chunk(kind, content) for kind, content in parts)


def chosen(counts: Counter[Pixel]) -> list[Pixel]:
    """The most frequent colours, and the most frequent of each kind, so that no hue is lost."""
    ordered = [pixel for pixel, _ in counts.most_common()]
    kinds: dict[Pixel, Pixel] = {}
    for pixel in ordered:
        kinds.setdefault((pixel[0] >> 5, pixel[1] >> 5, pixel[2] >> 5), pixel)
    both = dict.fromkeys([*ordered[: MOST_COLOURS // 2], *kinds.values(), *ordered])
    return list(both)[:MOST_COLOURS]


def nearest(pixel: Pixel, palette: list[Pixel]) -> int:
    """The place of the most alike colour of the palette."""
    red, green, blue = pixel
    return min(
        range(len(palette)),
        key=lambda n: (
            (palette[n][0] - red) ** 2 + (palette[n][1] - green) ** 2 + (palette[n][2] - blue) ** 2
        ),
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    """One part of a PNG with its length and checksum."""
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
