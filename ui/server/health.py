"""Whether the server lives, and whether it is ready for questions; both tell nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from ui.access.switch import State

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.settings import Settings
    from ui.access.switch import Switch


def add_health(server: FastAPI, settings: Settings, switch: Switch) -> None:
    """Add `/healthz` and `/readyz`, which anybody may call by any name.

    Args:
        server: gets them; its state says whether it is stopping.
        settings: where the home is.
        switch: how the service is switched.
    """

    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readyz() -> JSONResponse:
        status = "ready"
        if server.state.stopping:
            status = "stopping"
        elif switch.now().state is State.OFF:
            status = "switched off"
        elif not os.access(settings.home, os.R_OK | os.W_OK):
            status = "home folder cannot be written"
        return JSONResponse({"status": status}, 200 if status == "ready" else 503)

    for path, answer in (("/healthz", healthz), ("/readyz", readyz)):
        server.add_api_route(path, answer, methods=["GET", "HEAD"], include_in_schema=False)
