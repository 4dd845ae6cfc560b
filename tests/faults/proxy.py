"""A network that misbehaves, in this process: it delays, throttles, freezes and cuts; messages come twice or swapped.

TCP itself loses and reorders nothing that a program could see, so those two faults are made one level up, between the
messages of a WebSocket.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.conftest import Server

PIECE = 16 << 10
"""Bytes relayed at a time."""


@dataclass
class Network:
    """What happens to bytes on their way; changed at any moment, it applies to what comes next.

    delay: seconds that each piece takes longer.  rate: bytes a second, of each connection and direction.
    frozen: connections stay open and nothing arrives, as when a cable is pulled.
    """

    port: int = 0
    delay: float = 0.0
    rate: float = float("inf")
    frozen: bool = False
    relayed: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> int:
        """Reset every connection, wherever in a message it is; how many."""
        for writer in self._open:
            writer.transport.abort()
        return len(self._open)

    async def cut_after(self, more: int) -> None:
        """Cut once so many more bytes have come through."""
        goal = self.relayed + more
        while self.relayed < goal:
            await asyncio.sleep(0.002)
        self.cut()

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes one way until either side ends."""
        self._open.add(writer)
        try:
            while data := await reader.read(PIECE):
                await asyncio.sleep(self.delay + len(data) / self.rate)
                while self.frozen:
                    await asyncio.sleep(0.05)
                writer.write(data)
                await writer.drain()
                self.relayed += len(data)
        except ConnectionError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()


@asynccontextmanager
async def network(server: Server, buffer: int | None = None) -> AsyncIterator[Network]:
    """A network in front of a server; ``buffer`` is what the proxy's own end to the server may hold, in bytes."""
    one = Network()
    running: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        limit = buffer or 64 << 10
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", server.port, limit=limit)
            try:
                await asyncio.gather(one.relay(reader, forth), one.relay(back, writer))
            finally:
                forth.transport.abort()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            running.discard(task)

    listening = await asyncio.start_server(carry, "127.0.0.1", 0)
    one.port = listening.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        listening.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def unruly(messages: list[str], seed: int) -> list[str]:
    """Messages as a bad network delivers them: each once or twice, neighbours swapped."""
    chance = random.Random(seed)
    twice = [each for message in messages for each in [message] * chance.choice((1, 2))]
    for index in range(len(twice) - 1):
        if chance.random() < 0.5:
            twice[index], twice[index + 1] = twice[index + 1], twice[index]
    return twice
