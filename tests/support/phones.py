"""A phone that opens the console's pages, without a server."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException

from engine.console.forms import lost
from support.loops import run_apart


class Phone:
    """Asks the pages of routers as a browser does; follows no redirection by itself."""

    def __init__(self, *routers: APIRouter) -> None:
        server = FastAPI()
        for router in routers:
            server.include_router(router)
        server.add_exception_handler(HTTPException, lost)
        self._transport = httpx.ASGITransport(server)

    def __call__(self, method: str, address: str, **more: Any) -> httpx.Response:
        answers: list[httpx.Response] = []

        async def once() -> None:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://loa.vi.du"
            ) as client:
                answers.append(await client.request(method, address, **more))

        run_apart(once())
        return answers[0]

    def get(self, address: str, **more: Any) -> httpx.Response:
        return self("GET", address, **more)

    def post(self, address: str, **more: Any) -> httpx.Response:
        return self("POST", address, **more)
