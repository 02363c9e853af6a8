"""Runs a program of the operator: no shell, little environment, limited time and output."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

WHOLE_S = 12.0
# How long its end may go unnoticed.
LOOK_S = 0.02
OUTPUT_BYTES = 64 * 1024
ERRORS_BYTES = 2 * 1024
PIECE_BYTES = 32 * 1024
# A pipe holds 64 KiB.
LAST_PIECES = 4
KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG")


class Failed(Exception):
    """The program gave no result."""


class NotStarted(Failed):
    """It cannot be run; the message is the system's."""


class TimedOut(Failed):
    """It was stopped: whether it had its effect is unknown."""


class TooLong(Failed):
    """It was stopped because it wrote more than it may: whether it had its effect is unknown."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended: `code` is below zero for a signal. Of `errors` the beginning is kept."""

    code: int
    output: bytes = field(repr=False)
    errors: bytes = field(repr=False)


def run(program: Path, given: bytes) -> Ran:
    """Runs it in its own folder with `given` on standard input. What it started ends with it.

    Takes at most 12 seconds. Raises one of the kinds of Failed.
    """
    try:
        process = subprocess.Popen(
            [program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=program.parent,
            env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
    except OSError as error:
        raise NotStarted(error.strerror or str(error)) from error
    with process:
        talk = _Talk(process, given)
        try:
            talk.to_the_end()
        finally:
            # Its leader has not been waited for yet, so that the number of the group is still its own.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            talk.take_the_rest()
    return Ran(process.returncode, bytes(talk.output), bytes(talk.errors))


class _Talk:
    """What is said to the process and by it, never waiting for one while the other is ready."""

    def __init__(self, process: subprocess.Popen[bytes], given: bytes) -> None:
        self.process = process
        self.given = memoryview(given)
        self.output, self.errors = bytearray(), bytearray()
        self._in, self._out, self._err = (
            stream.fileno() for stream in (process.stdin, process.stdout, process.stderr) if stream
        )
        self._ends = time.monotonic() + WHOLE_S

    def to_the_end(self) -> None:
        """Until it ends, or has to be stopped. Raises TimedOut, TooLong."""
        with selectors.DefaultSelector() as ready:
            for stream in (self._in, self._out, self._err):
                os.set_blocking(stream, False)
                ready.register(stream, selectors.EVENT_WRITE if stream == self._in else selectors.EVENT_READ)
            while not self._has_ended():
                if time.monotonic() > self._ends:
                    raise TimedOut
                for key, _events in ready.select(LOOK_S):
                    step = self._write if key.fd == self._in else self._read
                    if not step(key.fd):
                        ready.unregister(key.fd)
                        self._hang_up(key.fd)

    def take_the_rest(self) -> None:
        """What it wrote last: no more than the pipes hold, whoever may still write into them."""
        for stream in (self._out, self._err) * LAST_PIECES:
            with contextlib.suppress(BlockingIOError):
                self._read(stream)

    def _write(self, stream: int) -> bool:
        """Whether there is more to say."""
        with contextlib.suppress(BlockingIOError):
            try:
                self.given = self.given[os.write(stream, self.given[:PIECE_BYTES]) :]
            except BrokenPipeError:  # it does not want to hear more
                return False
        return bool(self.given)

    def _hang_up(self, stream: int) -> None:
        """It waits for the end of what is said."""
        if stream == self._in and self.process.stdin:
            self.process.stdin.close()

    def _read(self, stream: int) -> bool:
        """Whether there may be more."""
        piece = os.read(stream, PIECE_BYTES)
        if stream == self._err:
            self.errors += piece[: ERRORS_BYTES - len(self.errors)]
        else:
            self.output += piece
            if len(self.output) > OUTPUT_BYTES:
                raise TooLong
        return bool(piece)

    def _has_ended(self) -> bool:
        """Without taking its number from it."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
