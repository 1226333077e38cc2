"""A receiver of pushed changes on this machine, and subscriptions made without a gateway."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

from tests.factories.people import NOW, NUMBER, a_grant

from dancu.exchange.models import Subscription, SubscriptionMark
from dancu.exchange.pushing import keys
from dancu.exchange.subscriptions import Sealed


@dataclass
class Receiver:
    """What came, and what is answered next."""

    url: str = ""
    status: int = 200
    came: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(found.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}/bien-dong"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def a_subscription(client_id: str = "he-thong", number: str = NUMBER, reference: str = "HS-1") -> UUID:
    """As the gateway writes it once the three keys agree."""
    grant, new, mark = a_grant(client_id), uuid4(), keys().mark(int(number))
    Subscription.objects.create(
        id=new,
        client_id=client_id,
        organisation="H57",
        integration_code=grant.integration_code,
        procedure=grant.procedure,
        purpose=grant.purpose,
        legal_basis=grant.legal_basis,
        subject_ref=reference,
        mark=mark,
        sealed=keys().seal(new, Sealed(int(number), "canbo01")),
        at=NOW,
    )
    SubscriptionMark.objects.create(mark=mark, subscription_id=new)
    return new
