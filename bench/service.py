"""The service under load: calls of a record system in an open loop, then as many as it can take.

    python -m bench.service [SECONDS] [--calls N]

Starts `livedo serve --demo` as a process of its own on this machine, so that the load generator
takes its share of the same processors. An open loop sends each call at its appointed time, whether
or not the answers before have come: waiting in a queue counts.
With `--calls N` it then sends N calls one after the other per caller, and prints the memory of the
service as they go.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import msgspec

from livedo.demo.calls import EXAMPLES, Example, call_about

AT_ONCE = 10
OK = 200
CALLS_A_SECOND = 50
OVERLOAD_A_SECOND = 150
PEOPLE = ("B-044", "B-072", "B-077", "B-082", "B-098", "B-001", "B-010", "B-120")
SERVICES = {"patient-view": "livedo-patient-view", "order-sign": "livedo-order-sign"}
START_SECONDS = 120.0


class Caller:
    """One connection of a record system, kept open: as little work as possible for the machine
    that the service runs on."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, request: bytes) -> int:
        """Sends a whole request and gives the status of the answer.

        The service hangs up on a connection that was idle; it is then opened anew.
        """
        try:
            return await self.sent(request)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.streams = None
            return await self.sent(request)

    async def sent(self, request: bytes) -> int:
        """Sends a whole request over the open connection."""
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        await reader.readexactly(int(length[1]) if length else 0)
        if b"connection: close" in head.lower():
            writer.close()
            self.streams = None
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """Hangs up."""
        if self.streams is not None:
            self.streams[1].close()


class Callers:
    """Connections that are free; a new one is opened where none is."""

    def __init__(self, url: str) -> None:
        self.port = int(url.rpartition(":")[2])
        self.free: list[Caller] = []

    async def post(self, request: bytes) -> int:
        """Sends over a free connection."""
        caller = self.free.pop() if self.free else Caller(self.port)
        status = await caller.post(request)
        self.free.append(caller)
        return status

    def close(self) -> None:
        """Hangs up everywhere."""
        for caller in self.free:
            caller.close()


def main() -> None:
    """Prints latencies, what was refused, and memory."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("seconds", type=float, nargs="?", default=30.0)
    asked.add_argument("--calls", type=int, default=0)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (url, process):
        asyncio.run(loaded(url, process, chosen.seconds, chosen.calls))


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A demo service, its address and its process."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "livedo", "serve", "--demo", "--into", str(folder / "unit")]
    process = subprocess.Popen([*command, "--port", str(port)], text=True)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/health")
        yield url, process
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def wait_for(address: str) -> None:
    """Waits until the service answers."""
    end = time.perf_counter() + START_SECONDS
    while time.perf_counter() < end:
        with suppress(httpx.TransportError):
            httpx.get(address)
            return
        time.sleep(0.2)
    sys.exit("the service did not start")


def calls() -> list[bytes]:
    """Whole requests: people opened, and warfarin about to be signed."""
    drafts = EXAMPLES["order-sign-warfarin"].drafts
    return [
        request_of(
            f"/cds-services/{SERVICES[hook]}",
            msgspec.json.encode(
                call_about(Example(person=person, hook=hook, since="2000-01-01", drafts=drafts))
            ),
        )
        for person in PEOPLE
        for hook in SERVICES
    ]


def request_of(address: str, body: bytes) -> bytes:
    """A request as it goes over the wire."""
    head = (
        f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def loaded(url: str, process: subprocess.Popen[str], seconds: float, many: int) -> None:
    """The loads one after the other."""
    bodies, callers = calls(), Callers(url)
    for body in bodies:
        assert await callers.post(body) == OK
    await open_loop(callers, bodies, CALLS_A_SECOND, seconds)
    await closed_loop(callers, bodies, seconds)
    await open_loop(callers, bodies, OVERLOAD_A_SECOND, min(seconds, 10))
    await long_run(callers, bodies, process, many)
    callers.close()
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        for page in ("/worklist", "/worklist?lang=da"):
            await timed_page(client, page)


async def open_loop(callers: Callers, bodies: list[bytes], rate: int, seconds: float) -> None:
    """Sends at a fixed rate, whatever comes back."""
    took: list[float] = []
    refused: list[float] = []

    async def one(number: int, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        status = await callers.post(bodies[number % len(bodies)])
        waited = (time.perf_counter() - due) * 1000
        (took if status == OK else refused).append(waited)

    began = time.perf_counter()
    await asyncio.gather(
        *(one(number, began + number / rate) for number in range(int(rate * seconds)))
    )
    print(f"open loop, {rate} calls/s for {seconds:.0f} s: {told(took)}; refused: {told(refused)}")


async def closed_loop(callers: Callers, bodies: list[bytes], seconds: float) -> None:
    """Each of the callers sends its next call when the answer to the last has come."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def caller(number: int) -> None:
        while time.perf_counter() < end:
            number += 1
            began = time.perf_counter()
            if await callers.post(bodies[number % len(bodies)]) == OK:
                took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(caller(number) for number in range(AT_ONCE)))
    print(f"{AT_ONCE} callers without a pause: {len(took) / seconds:.0f} calls/s; {told(took)}")


async def long_run(
    callers: Callers, bodies: list[bytes], process: subprocess.Popen[str], many: int
) -> None:
    """Memory of the service over many calls."""
    sent = 0
    while sent < many:
        share = min(many - sent, max(many // 10, 1))
        left = iter(range(share))

        async def caller(left: Iterator[int] = left) -> None:
            for number in left:
                await callers.post(bodies[number % len(bodies)])

        await asyncio.gather(*(caller() for _ in range(4)))
        sent += share
        print(f"after {sent:,} calls: {memory_mb(process.pid):.0f} MB", flush=True)


async def timed_page(client: httpx.AsyncClient, page: str) -> None:
    """A page of the list, as the server made it."""
    took = []
    for _ in range(10):
        began = time.perf_counter()
        (await client.get(page)).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
    print(f"{page}: {told(took)}")


def told(took: list[float]) -> str:
    """Quantiles of latencies in milliseconds."""
    if not took:
        return "none"
    took = sorted(took)
    at = {share: took[min(len(took) - 1, int(len(took) * share))] for share in (0.5, 0.95, 0.99)}
    return ", ".join(f"p{share * 100:.0f} {ms:.0f} ms" for share, ms in at.items()) + (
        f", slowest {took[-1]:.0f} ms of {len(took):,}"
    )


def memory_mb(pid: int) -> float:
    """The memory that a process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


if __name__ == "__main__":
    main()
