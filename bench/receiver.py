"""An app that takes webhooks: checks each signature, answers 204, and says at the end how many came.

python bench/receiver.py SECRET            prints its port, and at the end of standard input the number
"""

from __future__ import annotations

import asyncio
import sys

from standardwebhooks.webhooks import Webhook

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver(asyncio.Protocol):
    """One connection, which stays open."""

    seen: set[str] = set()

    def __init__(self, secret: str) -> None:
        self.webhook = Webhook(secret)
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            lines = self.received[:end].decode("latin-1").split("\r\n")[1:]
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            whole = end + 4 + int(headers["content-length"])
            if len(self.received) < whole:
                return
            self.webhook.verify(bytes(self.received[end + 4 : whole]).decode(), headers)
            del self.received[:whole]
            self.seen.add(headers["webhook-id"])
            self.transport.write(ANSWER)


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Receiver(sys.argv[1]), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    sys.stdout.write(f"{len(Receiver.seen)}\n")


if __name__ == "__main__":
    asyncio.run(main())
