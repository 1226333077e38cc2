"""A small real mail server: takes messages, or answers with a code of one's choice."""

from __future__ import annotations

import email
import socketserver
import threading
from email.message import Message
from types import TracebackType


class MailServer:
    """Speaks just enough SMTP; `refuse` maps a command to the line it is answered with."""

    def __init__(self, **refuse: str) -> None:
        self.got: list[Message] = []
        outer = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 mail.example")
                for line in self.rfile:
                    word = line.split()[0].decode().upper() if line.split() else ""
                    if answer := refuse.get(word):
                        self._say(answer)
                    elif word == "DATA":
                        self._say("354 go on")
                        lines = list(iter(self.rfile.readline, b".\r\n"))
                        outer.got.append(email.message_from_bytes(b"".join(lines)))
                        self._say("250 taken")
                    elif word == "QUIT":
                        self._say("221 bye")
                        return
                    else:
                        self._say("250 ok")

            def _say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that went away

        self._server = Server(("127.0.0.1", 0), Talk)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> MailServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
