"""A disk that fails when told to: system calls of another process, answered by this one (seccomp user notification).

The kernel hands every write, fsync, rename, link and creating open of the child to a supervisor thread here, which
lets it pass or answers with an errno of its own. So it is the real library on the real disk, in all its threads, C and
Rust included; it needs no privilege and no compiler, only Linux 5.9 or newer on x86-64.
"""

import array
import ctypes
import errno
import fcntl
import multiprocessing
import os
import platform
import select
import signal
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WRITES = {1: "write", 18: "pwrite64", 20: "writev", 296: "pwritev", 326: "copy_file_range", 40: "sendfile"}
SYNCS = {74: "fsync", 75: "fdatasync"}
NAMES = {82: "rename", 264: "renameat", 316: "renameat2", 86: "link", 265: "linkat", 77: "ftruncate", 285: "fallocate",
         83: "mkdir", 258: "mkdirat"}  # fmt: skip
OPENS = {2: "open", 257: "openat"}
CALLS = WRITES | SYNCS | NAMES | OPENS

CREATE = os.O_CREAT

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.store.child", "tests.ingest.inline"])

_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_RECEIVE, _SEND = ((3 << 30) | (size << 16) | (ord("!") << 8) | nr for size, nr in ((80, 0), (24, 1)))


def supported() -> bool:
    """Whether this machine has what it takes."""
    version = tuple(int(part) for part in platform.release().split("-")[0].split(".")[:2])
    return platform.system() == "Linux" and platform.machine() == "x86_64" and version >= (5, 9)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(channel: int) -> None:
    """In the child: hand its calls to whoever holds the other end of the socket ``channel``."""
    code = [(0x20, 0, 0, 0)]  # load the number of the call
    for left, number in zip(range(len(CALLS), 0, -1), CALLS, strict=True):
        code.append((0x15, left, 0, number))  # jump to NOTIFY when it is this one
    code += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _NOTIFY)]
    packed = b"".join(struct.pack("HBBI", *each) for each in code)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS: what lets anyone install a filter
    program = _Program(len(code), packed)
    listener = libc.syscall(317, 1, 8, ctypes.byref(program))  # seccomp, SET_MODE_FILTER, NEW_LISTENER
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    with socket.socket(fileno=channel) as end:
        end.sendmsg([b"l"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener]))])
    os.close(listener)


@dataclass
class Disk:
    """The supervisor. Counts the calls that concern a folder once ``armed``, and fails some of them.

    nth:   the call that fails, counted from 1.
    full:  from then on all that need room fail with ENOSPC; else that one alone, with EIO.
    """

    folder: str
    nth: int
    full: bool
    armed: bool = False
    seen: list[tuple[str, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def serve(self, end: socket.socket) -> threading.Thread:
        """Answer until the child is gone."""
        thread = threading.Thread(target=self._serve, args=(end,), daemon=True)
        thread.start()
        return thread

    def _serve(self, end: socket.socket) -> None:
        with end:
            _, messages, *_ = end.recvmsg(1, socket.CMSG_SPACE(4))
        (listener,) = struct.unpack("i", messages[0][2])
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        try:
            while True:
                events = poll.poll(20)
                if events and events[0][1] & select.POLLHUP:
                    return
                if not events or not events[0][1] & select.POLLIN:
                    continue
                request = bytearray(80)
                try:
                    fcntl.ioctl(listener, _RECEIVE, request)
                except OSError as error:  # the caller was killed meanwhile
                    if error.errno in (errno.ENOENT, errno.EINTR):
                        continue
                    raise
                number, pid, _, call = struct.unpack_from("QIIi", request)
                arguments = struct.unpack_from("6Q", request, 32)
                code = self._answer(pid, call, arguments)
                # val, error, and flags: 1 lets the call go on as it was.
                try:
                    fcntl.ioctl(listener, _SEND, struct.pack("QqiI", number, 0, -code, 0 if code else 1))
                except OSError as error:
                    if error.errno != errno.ENOENT:
                        raise
        finally:
            os.close(listener)

    def _answer(self, pid: int, call: int, arguments: tuple[int, ...]) -> int:
        """0, or the errno to fail with."""
        path = self._path(pid, call, arguments) if self.armed else None
        if path is None:
            return 0
        self.seen.append((CALLS[call], path))
        if len(self.seen) < self.nth or (not self.full and len(self.seen) > self.nth) or (self.full and call in SYNCS):
            return 0
        self.failed.append(CALLS[call])
        return errno.ENOSPC if self.full else errno.EIO

    def _path(self, pid: int, call: int, arguments: tuple[int, ...]) -> str | None:
        """The file a call is about ("" for those that name it otherwise), None when that is none of ours."""
        if call in OPENS:
            flags = arguments[1 if OPENS[call] == "open" else 2]
            return "" if flags & CREATE else None
        if call in WRITES or call in SYNCS or CALLS[call] in ("ftruncate", "fallocate"):
            try:
                path = os.readlink(f"/proc/{pid}/fd/{arguments[0]}")
            except OSError:
                return None
            return path if path.startswith(self.folder) else None
        return ""


def attempt(work: Callable[..., None], folder: Path, nth: int, full: bool) -> tuple[Disk, list[Any]]:
    """Let a child do ``work(folder, pipe, channel)`` on a disk that fails at its n-th call, and what the child answers.

    The child says that it is ready, waits for a word, works, answers, and is killed at once.
    """
    here, there = context.Pipe()
    ours, theirs = socket.socketpair()
    disk = Disk(os.path.realpath(folder), nth, full)
    process = context.Process(target=work, args=(folder, there, theirs), daemon=True)
    process.start()
    there.close()
    theirs.close()
    thread = disk.serve(ours)
    assert here.poll(30)
    here.recv()
    disk.armed = True
    here.send("go")
    assert here.poll(60), "it hangs"
    answer = here.recv()
    disk.armed = False
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    thread.join(10)
    here.close()
    return disk, list(answer)
