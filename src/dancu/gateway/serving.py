"""`python -m dancu.gateway.serving`: one process of the gateway under uvicorn; several of them share one port.

Parser, loop and our code share one thread, so no request waits for the interpreter lock: a process serves one core. Where
`DANCU_GATEWAY_PROCESSES` says that there are more, the system deals connections out among those that listen (SO_REUSEPORT): each
has a socket of its own, which ends with it, so that nobody waits behind one that died.
"""

from __future__ import annotations

import argparse
import socket
import sys

import uvicorn

from dancu.kernel.config import read_config
from dancu.kernel.errors import DancuError

BACKLOG = 2048


def serve(app: str, host: str, port: int, *, is_shared: bool) -> bool:
    """Serve until told to stop. False when it could not start; raises `OSError` where the address cannot be listened on."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="dancu.gateway.protocol:BoundedProtocol",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="error",  # a warning for each malformed request would let outsiders fill the disk
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        backlog=BACKLOG,
    )
    server = uvicorn.Server(config)
    with _bound(host, port, is_shared=is_shared) as address:
        server.run(sockets=[address])
    return server.started


def _bound(host: str, port: int, *, is_shared: bool) -> socket.socket:
    """Uvicorn listens on it once the application has started: until then nobody is sent here."""
    address = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if is_shared:
        address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        address.bind((host, port))
    except OSError:
        address.close()
        raise
    return address


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve one process of the gateway.")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("app", nargs="?", default="dancu.gateway.server:app")
    given = parser.parse_args()
    try:
        is_shared = read_config().gateway_processes > 1
        sys.exit(0 if serve(given.app, given.host, given.port, is_shared=is_shared) else 3)
    except DancuError as failure:
        sys.exit(failure.message)
    except OSError as failure:
        sys.exit(f"The gateway cannot listen on {given.host}, port {given.port}: {failure.strerror}.")


if __name__ == "__main__":
    main()
