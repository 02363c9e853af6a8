"""The load generator against a server that does nothing: the most that it can send on this machine.

python bench/ceiling.py
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load

SECONDS = 3


class Nothing(asyncio.Protocol):
    """Answers every request the same, without reading it."""

    ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, _data: bytes) -> None:
        self.transport.write(self.ANSWER)


def serve_nothing(port: int) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Nothing, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(serve())


def ceiling(connections: Sequence[int] = (1, 8, 64)) -> dict[int, load.Measured]:
    """What the generator reaches, by number of connections."""
    port = load.free_port()
    server = subprocess.Popen([sys.executable, __file__, str(port)])
    try:
        load.wait_until_open(port)
        request = load.request("GET", "/")
        return {
            number: load.run(load.Load(port, [request] * number, number, SECONDS)) for number in connections
        }
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    if sys.argv[1:]:
        return serve_nothing(int(sys.argv[1]))
    print("| connections | req/s | p50 ms | p99 ms |\n|---|---|---|---|")
    for number, measured in ceiling().items():
        print(f"| {number} | {measured.rate:,.0f} | {measured.p50_ms:.2f} | {measured.p99_ms:.2f} |")
    return None


if __name__ == "__main__":
    main()
