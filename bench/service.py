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
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import msgspec

from livedo.demo.calls import EXAMPLES, Example, call_about

CALLERS = 20
CALLS_A_SECOND = 50
PEOPLE = ("B-044", "B-072", "B-077", "B-082", "B-098", "B-001", "B-010", "B-120")
SERVICES = {"patient-view": "livedo-patient-view", "order-sign": "livedo-order-sign"}
START_SECONDS = 120.0


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


def calls() -> list[tuple[str, bytes]]:
    """Address and body of different calls: people opened, and warfarin about to be signed."""
    drafts = EXAMPLES["order-sign-warfarin"].drafts
    return [
        (
            f"/cds-services/{SERVICES[hook]}",
            msgspec.json.encode(
                call_about(Example(person=person, hook=hook, since="2000-01-01", drafts=drafts))
            ),
        )
        for person in PEOPLE
        for hook in SERVICES
    ]


async def loaded(url: str, process: subprocess.Popen[str], seconds: float, many: int) -> None:
    """The three loads one after the other."""
    limits = httpx.Limits(max_connections=CALLERS * 4, max_keepalive_connections=CALLERS * 4)
    headers = {"Content-Type": "application/json"}
    async with httpx.AsyncClient(
        base_url=url, limits=limits, timeout=30, headers=headers
    ) as client:
        bodies = calls()
        for address, body in bodies:
            (await client.post(address, content=body)).raise_for_status()
        await open_loop(client, bodies, CALLS_A_SECOND, seconds)
        await closed_loop(client, bodies, seconds)
        await open_loop(client, bodies, CALLS_A_SECOND * 6, min(seconds, 10))
        await long_run(client, bodies, process, many)
        for page in ("/worklist", "/worklist?lang=da"):
            await timed_page(client, page)


async def open_loop(
    client: httpx.AsyncClient, bodies: list[tuple[str, bytes]], rate: int, seconds: float
) -> None:
    """Sends at a fixed rate, whatever comes back."""
    took: list[float] = []
    answered: Counter[int] = Counter()

    async def one(number: int, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        address, body = bodies[number % len(bodies)]
        answer = await client.post(address, content=body)
        answered[answer.status_code] += 1
        took.append((time.perf_counter() - due) * 1000)

    began = time.perf_counter()
    await asyncio.gather(
        *(one(number, began + number / rate) for number in range(int(rate * seconds)))
    )
    print(f"open loop, {rate} calls/s for {seconds:.0f} s: {told(took)}; {dict(answered)}")


async def closed_loop(
    client: httpx.AsyncClient, bodies: list[tuple[str, bytes]], seconds: float
) -> None:
    """Each of the callers sends its next call when the answer to the last has come."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def caller(number: int) -> None:
        while time.perf_counter() < end:
            number += 1
            address, body = bodies[number % len(bodies)]
            began = time.perf_counter()
            (await client.post(address, content=body)).raise_for_status()
            took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(caller(number) for number in range(CALLERS)))
    print(f"{CALLERS} callers without a pause: {len(took) / seconds:.0f} calls/s; {told(took)}")


async def long_run(
    client: httpx.AsyncClient,
    bodies: list[tuple[str, bytes]],
    process: subprocess.Popen[str],
    many: int,
) -> None:
    """Memory of the service over many calls."""
    sent = 0
    while sent < many:
        share = min(many - sent, max(many // 10, 1))
        left = iter(range(share))

        async def caller(left: Iterator[int] = left) -> None:
            for number in left:
                address, body = bodies[number % len(bodies)]
                await client.post(address, content=body)

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
