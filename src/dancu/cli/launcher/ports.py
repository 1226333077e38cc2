"""Choosing ports that no other instance is about to use."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
from collections.abc import Iterator, Sequence


@contextlib.contextmanager
def hold_port(host: str, candidates: Sequence[int]) -> Iterator[int]:
    """The first free candidate, held for this instance as long as the context lasts.

    Raises `OSError`: with `EADDRINUSE` when none is free, with another number when the host is not ours to listen on.

    The servers listen with SO_REUSEPORT, so two instances starting in the same moment could both take a port and the
    system would deal requests out between them. The mark is an abstract socket: like a port it belongs to the network
    namespace, and it ends with the process, however that ends.
    """
    for port in candidates:
        mark = _mark(port)
        if mark is None:
            continue
        try:
            if _is_free(host, port):
                yield port
                return
        finally:
            mark.close()
    raise OSError(errno.EADDRINUSE, f"no free port among {', '.join(map(str, candidates[:3]))}")


def _mark(port: int) -> socket.socket | None:
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if sys.platform != "linux":
        return mark
    try:
        mark.bind(f"\0dancu-port-{port}")
    except OSError:
        mark.close()
        return None
    return mark


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            if failure.errno != errno.EADDRINUSE:
                raise
            return False
    return True
