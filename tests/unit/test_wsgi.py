"""A site under a WSGI server: its webhooks are answered, and one process owns it."""

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import invalidate_caches
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from posthouse.adapters.telegram.adapter import TelegramAdapter
from posthouse.errors import AlreadyRunningError
from posthouse.wsgi import Application, wsgi

HOOK = "https://bots.example.org"
TOKEN = "111:nobody"
APP = """
from posthouse import App, TextMessage

app = App("echo")

@app.on
async def say(message: TextMessage) -> str:
    return message.text
"""


class Quiet(WSGIRequestHandler):
    """Says nothing on standard error."""

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class Telegram(BaseHTTPRequestHandler):
    """A Bot API server that agrees to everything."""

    hook = ""
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a call."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}")
        method = self.path.rpartition("/")[2]
        result: Any = True
        if method == "getMe":
            result = {"id": 111, "is_bot": True, "first_name": "B", "username": "b_bot"}
        elif method == "getMyCommands":
            result = []
        elif method == "setWebhook":
            Telegram.hook = body["url"]
        elif method == "getWebhookInfo":
            result = {
                "url": Telegram.hook,
                "has_custom_certificate": False,
                "pending_update_count": 0,
            }
        said = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def serving(server: Any) -> Iterator[str]:
    """Serve in a thread."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project whose bot is on a webhook, on a Telegram that is made here."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (tmp_path / "wsgi_app.py").write_text(APP)
    path = tmp_path / "posthouse.toml"
    api = ThreadingHTTPServer(("127.0.0.1", 0), Telegram)
    api.daemon_threads, api.block_on_close = True, False
    with serving(api) as url:
        path.write_text(
            f'[bots.shop]\nmessenger = "telegram"\napps = ["wsgi_app:app"]\ntoken = "{TOKEN}"\n'
            f'webhook = "{HOOK}"\nbase_url = "{url}"\n'
        )
        invalidate_caches()
        yield path
    sys.modules.pop("wsgi_app", None)


@pytest.fixture
def application(settings: Path) -> Iterator[Application]:
    """The site's application."""
    made = wsgi(settings)
    yield made
    made.close()


def post(url: str, body: bytes, **headers: str) -> tuple[int, bytes]:
    """Post JSON."""
    given = {"Content-Type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, given)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def update(number: int, text: str) -> bytes:
    """A message as Telegram posts it."""
    ann = {"id": 7, "is_bot": False, "first_name": "Ann"}
    chat = {"id": 7, "type": "private", "first_name": "Ann"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": ann, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


def test_a_webhook_is_answered_through_wsgi(application: Application) -> None:
    """By wsgiref with its validator in between; the answer rides, the health report is there."""
    secret = TelegramAdapter({"token": TOKEN, "webhook": HOOK}).secret.decode()
    server = make_server("127.0.0.1", 0, validator(application), handler_class=Quiet)
    with serving(server) as url:
        status, body = post(
            f"{url}/telegram/111", update(1, "hé"), X_Telegram_Bot_Api_Secret_Token=secret
        )
        assert (status, json.loads(body)["text"]) == (200, "hé")
        assert post(f"{url}/telegram/111", update(2, "hi"))[0] == 401
        assert post(f"{url}/telegram/999", update(3, "hi"))[0] == 503
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            assert json.loads(answer.read()) == {"ok": True, "problems": []}


def test_a_second_process_is_refused(application: Application, settings: Path) -> None:
    """It learns who owns the database."""
    program = f"from posthouse.wsgi import wsgi; wsgi({str(settings)!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"AlreadyRunningError: Process {os.getpid()}, since" in done.stderr


def test_a_second_application_in_one_process_is_refused(
    application: Application, settings: Path
) -> None:
    """The same, and the first goes on."""
    with pytest.raises(AlreadyRunningError):
        wsgi(settings)


def test_after_its_end_it_asks_to_come_later(application: Application) -> None:
    """As a messenger understands it; a second close does nothing."""
    application.close()
    application.close()
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    begun: list[Any] = []
    assert application(environ, lambda *given: begun.append(given)) == [b"the site has stopped"]
    assert begun[0][0] == "503 Service Unavailable"
    assert ("Retry-After", "5") in begun[0][1]


def test_a_body_that_is_too_long_is_not_read(application: Application) -> None:
    """Whoever sends it."""
    environ: dict[str, Any] = {"CONTENT_LENGTH": str(2**30), "wsgi.input": BytesIO(b"")}
    setup_testing_defaults(environ)
    begun: list[Any] = []
    application(environ, lambda *given: begun.append(given))
    assert begun[0][0].startswith("413")
