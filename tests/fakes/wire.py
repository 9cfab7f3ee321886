"""The wire between Rasa and the action server: it carries every call, and can be cut while an answer travels."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class Wire:
    """Listens on a port of its own and passes on to `target`; `cut_after_answer` is called once, and the line drops."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.cut_after_answer: Callable[[], None] | None = None
        wire = self

        class Carry(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kept = {name: self.headers[name] for name in ("Authorization", "Content-Type") if self.headers[name]}
                try:
                    answer = httpx.post(wire.target, content=body, headers=kept, timeout=10)
                except httpx.HTTPError:
                    self.close_connection = True
                    return
                if wire.cut_after_answer:
                    cut, wire.cut_after_answer = wire.cut_after_answer, None
                    cut()
                    self.close_connection = True
                    return
                self.send_response(answer.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *about: object) -> None:
                """Silence: tests print their own."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Carry)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
