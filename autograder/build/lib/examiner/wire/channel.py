"""Frames over a stream socket."""

import json
import socket
import struct
import time
from typing import Any

from examiner.errors import WireFault

HEADER_LIMIT = 16 * 2**20  # bytes of JSON
FRAME_LIMIT = 256 * 2**20  # bytes of arrays and texts in one frame
_HEAD = struct.Struct("!I")


class Channel:
    """Send and receive frames over a stream socket.

    Args:
        sock: A connected stream socket, which the channel owns.
        limit: Bytes of arrays and texts that a frame may bring.
    """

    def __init__(self, sock: socket.socket, limit: int = FRAME_LIMIT) -> None:
        self.sock = sock
        self.limit = limit

    def send(
        self,
        header: dict[str, Any],
        buffers: list[bytes] | None = None,
        deadline: float | None = None,
    ) -> None:
        """Send a frame.

        Args:
            header: What JSON can hold.
            buffers: Raw bytes that the header speaks of by number.
            deadline: When to give up, on ``time.monotonic``'s clock; None: never.

        Raises:
            TimeoutError: The deadline passed.
            OSError: The other side is gone.
        """
        buffers = buffers or []
        text = json.dumps([header, [len(b) for b in buffers]]).encode()
        for data in (_HEAD.pack(len(text)) + text, *buffers):
            self._wait(deadline)
            self.sock.sendall(data)

    def receive(self, deadline: float | None = None) -> tuple[dict, list[bytes]]:
        """Receive a frame.

        Raises:
            TimeoutError: The deadline passed.
            EOFError: The other side is gone.
            WireFault: What came is no frame, or too large.
        """
        (size,) = _HEAD.unpack(self._read(_HEAD.size, deadline))
        if size > HEADER_LIMIT:
            raise WireFault(f"a header of {size} bytes; at most {HEADER_LIMIT}")
        header, sizes = _parse(self._read(size, deadline))
        if sum(sizes) > self.limit:
            raise WireFault(f"a frame of {sum(sizes)} bytes; at most {self.limit}")
        return header, [self._read(n, deadline) for n in sizes]

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()

    def _wait(self, deadline: float | None) -> None:
        if deadline is None:
            self.sock.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)

    def _read(self, size: int, deadline: float | None) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(deadline)
            piece = self.sock.recv(min(size - len(data), 1 << 20))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)


def _parse(text: bytes) -> tuple[dict[str, Any], list[int]]:
    try:
        header, sizes = json.loads(text)
    except (ValueError, TypeError, RecursionError) as fault:
        raise WireFault(f"no header: {type(fault).__name__}") from None
    good = isinstance(header, dict) and isinstance(sizes, list)
    if not good or not all(type(n) is int and n >= 0 for n in sizes):
        raise WireFault("a header of the wrong form")
    return header, sizes
