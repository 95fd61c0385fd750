"""A real server under a steady load: requests each second, and the processor time the workers spend on one.

The client sits on the same machine and takes its share of it, so the requests each second say little; the processor time,
read from ``/proc``, is the steadier measure. Linux only.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WORKERS, CONNECTIONS = 2, 4
WARM_UPS = 5
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """What one address cost: requests each second, and milliseconds of the workers' processor time for each."""

    per_second: float
    cpu_ms: float
    kilobytes: float


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn: its port, and its master process."""

    port: int
    master: int

    def workers(self) -> list[int]:
        """The worker processes."""
        path = Path(f"/proc/{self.master}/task/{self.master}/children")
        return [int(pid) for pid in path.read_text().split()]

    def cpu_seconds(self) -> float:
        """Processor time of all workers since they began."""
        return sum(_cpu_seconds(pid) for pid in self.workers())


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def served(python: str, application: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """gunicorn with two workers on a free port of loopback, ended afterwards."""
    port = _free_port()
    command = [python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
    command += ["--worker-class", "gthread", "--threads", str(CONNECTIONS // WORKERS), "--keep-alive", "60"]
    process = subprocess.Popen([*command, "--log-level", "error", application], env={**os.environ, **environment})
    try:
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")


def measure(server: Server, path: str, seconds: float) -> Served:
    """Four connections ask for ``path`` again and again, first to warm up, then by the clock.

    Warmed up more than once: connections may all fall to one worker, and the other would begin when the clock runs.
    """
    for _ in range(WARM_UPS):
        drive(server.port, path, min(0.5, seconds / 2))
    before, began = server.cpu_seconds(), time.perf_counter()
    count, size = drive(server.port, path, seconds)
    taken, cpu = time.perf_counter() - began, server.cpu_seconds() - before
    return Served(count / taken, 1000 * cpu / max(1, count), size / max(1, count) / 1000)


def drive(port: int, path: str, seconds: float) -> tuple[int, int]:
    """How many requests were answered, and their bytes in all; an answer other than 200 is an error."""
    counts, sizes, wrong = [0] * CONNECTIONS, [0] * CONNECTIONS, list[str]()
    end = time.perf_counter() + seconds

    def client(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < end and not wrong:
            connection.request("GET", path)
            answer = connection.getresponse()
            sizes[place] += len(answer.read())
            counts[place] += 1
            if answer.status != 200:
                wrong.append(f"{path}: {answer.status}")
        connection.close()

    threads = [threading.Thread(target=client, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(wrong[0])
    return sum(counts), sum(sizes)
