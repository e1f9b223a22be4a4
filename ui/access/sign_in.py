"""Signing in and out, and changing one's password, where this installation keeps accounts."""

import logging
from urllib.parse import parse_qs

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import AccessError, SignpostError
from ui.access.accounts import LONGEST_SECONDS, Accounts, Sessions
from ui.access.guard import USER
from ui.access.identity import SAFE_COOKIE, cookie_for, session_of
from ui.access.limits import Full, Turns
from ui.look.templates import account_page, sign_in_page, told_page
from ui.words.catalogue import say

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Passwords that are checked at the same time; each takes tens of MiB."""

WAITING = 8
"""People who wait for that; whoever comes later is told to try again."""


class SignIn:
    """The pages of accounts."""

    def __init__(self, accounts: Accounts, sessions: Sessions) -> None:
        """Serve them to those who may sign in, and those who have."""
        self._accounts = accounts
        self._sessions = sessions
        self._turns = Turns(AT_ONCE, WAITING)

    def add_to(self, server: FastAPI) -> None:
        """Add `/sign-in`, `/sign-out` and `/account`."""
        for path, method, answer in (
            ("/sign-in", "GET", self._show),
            ("/sign-in", "POST", self._sign_in),
            ("/sign-out", "POST", self._sign_out),
            ("/account", "GET", self._account),
            ("/account", "POST", self._change),
        ):
            server.add_api_route(path, answer, methods=[method], include_in_schema=False)

    async def _show(self) -> Response:
        return HTMLResponse(sign_in_page())

    async def _sign_in(self, request: Request) -> Response:
        fields = await _fields(request)
        name, password = fields.get("name", "").strip().lower(), fields.get("password", "")
        try:
            with self._turns.join("", 0) as ticket:
                await ticket.come()
                secret = await run_in_threadpool(self._sessions.sign_in, name, password)
        except Full:
            return HTMLResponse(sign_in_page(say("door.full")), 503)
        except SignpostError as error:
            logger.warning("Nobody can sign in: %s", error)
            return HTMLResponse(sign_in_page(say("refusal.unusable")), 503)
        if secret is None:
            return HTMLResponse(sign_in_page(say("door.wrong")), 401)
        response = RedirectResponse("/", 303)
        _set_cookie(response, cookie_for(request), secret)
        return response

    async def _sign_out(self, request: Request) -> Response:
        try:
            self._sessions.sign_out(session_of(request))
        except SignpostError as error:
            logger.warning("Nobody can sign out: %s", error)
            return HTMLResponse(told_page(say("refusal.unusable")), 503)
        response = RedirectResponse("/sign-in", 303)
        _set_cookie(response, cookie_for(request), "")
        return response

    async def _account(self, request: Request) -> Response:
        return HTMLResponse(account_page(request.scope[USER].name))

    async def _change(self, request: Request) -> Response:
        name = request.scope[USER].name
        fields = await _fields(request)
        current, fresh = fields.get("current", ""), fields.get("fresh", "")
        try:
            with self._turns.join("", 0) as ticket:
                await ticket.come()
                # Wrong tries are counted here too.
                if await run_in_threadpool(self._sessions.known, name, current) is None:
                    return HTMLResponse(account_page(name, say("door.wrong")), 401)
                await run_in_threadpool(self._accounts.set_password, name, fresh)
        except Full:
            return HTMLResponse(account_page(name, say("door.full")), 503)
        except AccessError as error:
            return HTMLResponse(account_page(name, str(error)), 422)
        response = HTMLResponse(sign_in_page(say("door.changed")))
        _set_cookie(response, cookie_for(request), "")
        return response


def _set_cookie(response: Response, name: str, secret: str) -> None:
    """Set the cookie of a session, or take it away where there is no secret."""
    # "Lax", so that a link to the page from elsewhere finds whoever is signed in; the guard refuses
    # whatever else another site makes a browser send.
    response.set_cookie(
        name,
        secret,
        max_age=LONGEST_SECONDS if secret else 0,
        path="/",
        secure=name == SAFE_COOKIE,
        httponly=True,
        samesite="lax",
    )


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form, none of one that is not ours; the guard keeps it short."""
    text = (await request.body()).decode("utf-8", errors="replace")
    try:
        return {name: values[0] for name, values in parse_qs(text, max_num_fields=10).items()}
    except ValueError:
        return {}
