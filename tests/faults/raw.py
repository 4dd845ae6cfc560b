"""A WebSocket by hand, byte for byte: for what no decent client would send."""

import base64
import contextlib
import os
import socket
import struct
import zlib
from pathlib import Path

from streaming.messages import PROTOCOL
from tests.conftest import PATIENCE, Server

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9


CUT = (1006, "")
"""The close code of a connection that ended without a close frame."""


class Raw:
    """One connection, closed at the end of `with`; ``buffer`` is the size of the receive buffer, where it matters."""

    def __init__(self, server: Server, buffer: int | None = None, extensions: str = "") -> None:
        self.socket = socket.socket()
        if buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)  # before connecting, or it is ignored
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", server.port))
        lines = [
            "GET /ws HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Connection: Upgrade", "Upgrade: websocket",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Protocol: {PROTOCOL}", f"Authorization: Bearer {server.token}",
        ]  # fmt: skip
        if extensions:
            lines.append(f"Sec-WebSocket-Extensions: {extensions}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.head = b""
        while not self.head.endswith(b"\r\n\r\n"):
            self.head += self.socket.recv(1)
        assert self.head.startswith(b"HTTP/1.1 101"), self.head

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def provoke(self, data: bytes) -> None:
        """Send bytes that the server refuses: it may close the connection while they are still being sent."""
        with contextlib.suppress(ConnectionError):
            self.socket.sendall(data)

    def closed(self) -> tuple[int, str]:
        """Read until the server closes; its code and reason. CUT without a close frame.

        A connection that is closed with unread bytes in the server's kernel is reset, and a reset may discard the close
        frame on its way here.
        """
        try:
            while True:
                first, second = self._exactly(2)
                size = second & 127
                if size > 125:
                    size = int.from_bytes(self._exactly(2 if size == 126 else 8), "big")
                body = self._exactly(size)
                if first & 15 == CLOSE:
                    return int.from_bytes(body[:2], "big"), body[2:].decode()
        except (ConnectionError, EOFError):
            return CUT

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.socket.recv(min(count - len(data), 1 << 16))
            if not part:
                raise EOFError
            data += part
        return data


def frame(opcode: int, body: bytes, final: bool = True, compressed: bool = False, claimed: int | None = None) -> bytes:
    """A masked frame; ``claimed`` is the length that its head states, where it lies."""
    size = len(body) if claimed is None else claimed
    first = (128 if final else 0) | (64 if compressed else 0) | opcode
    length = bytes([128 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size) if size < 65_536 else (
        b"\xff" + struct.pack(">Q", size))  # fmt: skip
    return bytes([first]) + length + bytes(4) + body  # a mask of zeros leaves the body as it is


def bomb(size: int) -> bytes:
    """A deflated message of ``size`` spaces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    step = b" " * (1 << 20)
    packed = b"".join(packer.compress(step) for _ in range(size >> 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    return packed.removesuffix(b"\x00\x00\xff\xff")


def memory(server: Server) -> int:
    """Bytes that the server's process holds, seen from outside: its proportional share of what is resident."""
    lines = Path(f"/proc/{server.process.pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
