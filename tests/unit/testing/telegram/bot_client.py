"""The plainest client there is, for tests of the simulator."""

from typing import Any

import aiohttp
import msgspec

from posthouse.testing.telegram import Simulator

TOKEN = "123:secret"


class Client:
    """Calls methods over HTTP; parameters are sent as JSON, files as multipart."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self.sim = sim
        self.session = session

    async def __call__(self, method: str, /, **parameters: Any) -> Any:
        """The result of a method; a KeyError where it was refused."""
        return (await self.answer(method, **parameters))["result"]

    async def answer(self, method: str, /, token: str = TOKEN, **parameters: Any) -> dict[str, Any]:
        """The whole answer."""
        url = f"{self.sim.base_url}/bot{token}/{method}"
        files = {key: value for key, value in parameters.items() if isinstance(value, bytes)}
        if not files:
            async with self.session.post(url, json=parameters) as response:
                return msgspec.json.decode(await response.read())
        form = aiohttp.FormData()
        for key, value in parameters.items():
            if key in files:
                form.add_field(key, value, filename=f"{key}.bin")
            else:
                text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
                form.add_field(key, text)
        async with self.session.post(url, data=form) as response:
            return msgspec.json.decode(await response.read())

    async def refusal(self, method: str, /, **parameters: Any) -> str:
        """How a method refuses."""
        found = await self.answer(method, **parameters)
        assert found["ok"] is False, found
        return str(found["description"])
