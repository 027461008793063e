"""A site under a WSGI server, for hosts that offer nothing else.

```python
from posthouse.wsgi import wsgi

application = wsgi("posthouse.toml")
```

How this works: the site's event loop runs in a thread of its own; a request is handed to it and
waited for. The database belongs to one process, so there must be exactly one, with as many threads
as the server likes: a second process is refused when it calls `wsgi`. WebSockets do not go through
WSGI, so the web messenger needs `posthouse run`.
"""

import asyncio
import atexit
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import TimeoutError as TooLateError
from http import HTTPStatus
from pathlib import Path
from typing import Any

from posthouse.errors import SetupError
from posthouse.server import bridge
from posthouse.settings.building import parts_of
from posthouse.settings.reading import read
from posthouse.site import Site

log = logging.getLogger("posthouse.wsgi")

ANSWER_WITHIN_S = 60.0
"""How long a request may take; Telegram waits as long."""
STOP_WITHIN_S = 30.0
_LATER = {"Retry_After": "5"}


class Application:
    """A WSGI application; the site runs in a thread until `close` or the end of the process.

    Args:
        site: Made with `listens=False`.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="posthouse", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        atexit.register(self.close)

    def __repr__(self) -> str:
        return f"<Application of {self._site!r}>"

    def __call__(
        self, environ: Mapping[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer one request."""
        answer = self._answer(environ)
        start_response(answer.status, answer.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def close(self) -> None:
        """Stop the site: running turns end, deliveries leave; a second call does nothing."""
        if self._pid != os.getpid() or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_WITHIN_S)
        atexit.unregister(self.close)

    def _answer(self, environ: Mapping[str, Any]) -> bridge.Answer:
        if self._pid != os.getpid():
            log.error(
                "this process was forked from the one that runs the site; start the WSGI server "
                "with one worker process, without preloading"
            )
            return bridge.plain(HTTPStatus.SERVICE_UNAVAILABLE, "not the site's process", **_LATER)
        if not self._thread.is_alive():
            return bridge.plain(HTTPStatus.SERVICE_UNAVAILABLE, "the site has stopped", **_LATER)
        body = bridge.read_body(environ)
        if body is None:
            return bridge.plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "larger than is taken here")
        asked = asyncio.run_coroutine_threadsafe(
            bridge.answer(self._site.web.app, environ, body), self._loop
        )
        try:
            return asked.result(ANSWER_WITHIN_S)
        except TooLateError:
            asked.cancel()
            return bridge.plain(HTTPStatus.SERVICE_UNAVAILABLE, "it takes too long", **_LATER)

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve())
        except BaseException as error:
            self._failure = error
            if self._ready.is_set():
                log.critical("the site has ended", exc_info=error)
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with self._site.start():
            self._ready.set()
            await self._stop.wait()


def wsgi(settings: Path | str = "posthouse.toml") -> Application:
    """Start the site of a settings file and return the WSGI application that answers for it.

    Raises SetupError for mistakes in the settings, and AlreadyRunningError in a second process.
    """
    path = Path(settings)
    found, mistakes = read(path, environ=os.environ)
    folder = str(path.parent.absolute())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    if found.site.storage.reveal().startswith("memory"):
        raise SetupError("a site under WSGI needs a database file, which one process owns")
    return Application(Site(**parts_of(found, mistakes), listens=False))
