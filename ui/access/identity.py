"""Who sends a request: the one local admin, a session, a token, or whom a reverse proxy names.

Where this installation keeps accounts, here are also the pages that sign in and out.
"""

import hmac
import ipaddress
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import AccessError, SettingsError, SignpostError
from assistant.settings import Settings
from ui.access.accounts import LONGEST_SECONDS, Accounts, Sessions, read_secret
from ui.access.rights import PAGE, USER, Full, Role, Turns, User, routes_at
from ui.look.templates import door_page
from ui.words.phrases import say

logger = logging.getLogger(__name__)

LOCAL_ADMIN = User(PAGE, Role.ADMIN)  # Whoever sits at the machine, where there are no accounts.
SECRET_HEADER = "X-Signpost-Proxy"
"""Header in which a reverse proxy sends the secret that is shared with it."""

SAFE_COOKIE = "__Host-signpost"
"""Name of the cookie where the page is called by a public name; browsers take it over HTTPS only,
and from no other host."""

LOCAL_COOKIE = "signpost"
"""Its name where the page is called by a name of this machine, which needs no HTTPS."""

FORWARDED = ("forwarded", "x-forwarded-", "x-real-ip", "x-client-ip", "true-client-", "via", "cf-")
"""Beginnings of headers that only a proxy sends."""

WIDE = 2**16  # Addresses in a network from which a proxy is not believed without a secret.
AT_ONCE = 2  # Passwords that are checked at the same time; each takes tens of MiB.
WAITING = 8  # People who wait for that; whoever comes later is told to try again.
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAME = re.compile(
    r"[\x21-\x7e\u00a0-\uffff](?:[\x20-\x7e\u00a0-\uffff]{0,126}[\x21-\x7e\u00a0-\uffff])?"
)


class Refused(Exception):
    """A request that may not come this way; its text is one sentence."""


class Open:
    """Everybody on this machine is the one admin."""

    def of(self, request: HTTPConnection) -> User | None:
        """Return the local admin; `Refused` where a proxy sends it, hence from elsewhere."""
        sent = any(name.startswith(FORWARDED) for name in request.headers)
        # Browsers speak HTTP/1.1; what some proxies speak unless told otherwise is the one before.
        if sent or request.scope.get("http_version") == "1.0":
            raise Refused(
                "This Signpost is open to its own machine only; behind a proxy it needs"
                " SIGNPOST_ACCESS=proxy or SIGNPOST_ACCESS=accounts."
            )
        return LOCAL_ADMIN


@dataclass(frozen=True)
class SignedIn:
    """Whoever has a session, or a token, with the pages that sign in and out.

    `SignpostError` while the accounts cannot be read.
    """

    accounts: Accounts
    sessions: Sessions
    turns: Turns = field(default_factory=lambda: Turns(AT_ONCE, WAITING))

    def of(self, request: HTTPConnection) -> User | None:
        """Return whose token or session comes along; a token that is none is nobody's."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            account = self.accounts.of_token(token) if scheme.lower() == "bearer" else None
        else:
            account = self.sessions.account_of(request.cookies.get(cookie_for(request), ""))
        return User(account.name, account.role) if account else None

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
        return HTMLResponse(door_page("sign_in"))

    async def _sign_in(self, request: Request) -> Response:
        fields = await request.form(max_files=0, max_fields=10)
        name = str(fields.get("name", "")).strip().lower()
        password = str(fields.get("password", ""))
        try:
            with self.turns.join("", 0) as ticket:
                await ticket.come()
                secret = await run_in_threadpool(self.sessions.sign_in, name, password)
        except Full:
            return HTMLResponse(door_page("sign_in", say("door.full")), 503)
        except SignpostError as error:
            logger.warning("Nobody can sign in: %s", error)
            return HTMLResponse(door_page("sign_in", say("refusal.unusable")), 503)
        if secret is None:
            return HTMLResponse(door_page("sign_in", say("door.wrong")), 401)
        to = request.query_params.get("to", "")
        shown = any(one.method == "GET" for one in routes_at(to))
        return _with_cookie(request, RedirectResponse(to if shown else "/", 303), secret)

    async def _sign_out(self, request: Request) -> Response:
        try:
            self.sessions.sign_out(request.cookies.get(cookie_for(request), ""))
        except SignpostError as error:
            logger.warning("Nobody can sign out: %s", error)
            return HTMLResponse(door_page("told", say("refusal.unusable")), 503)
        return _with_cookie(request, RedirectResponse("/sign-in", 303))

    async def _account(self, request: Request) -> Response:
        return HTMLResponse(door_page("account", name=request.scope[USER].name))

    async def _change(self, request: Request) -> Response:
        name = request.scope[USER].name
        fields = await request.form(max_files=0, max_fields=10)
        current, fresh = (str(fields.get(one, "")) for one in ("current", "fresh"))
        try:
            with self.turns.join("", 0) as ticket:
                await ticket.come()
                # Wrong tries are counted here too.
                if await run_in_threadpool(self.sessions.known, name, current) is None:
                    return HTMLResponse(door_page("account", say("door.wrong"), name), 401)
                await run_in_threadpool(self.accounts.set_password, name, fresh)
        except Full:
            return HTMLResponse(door_page("account", say("door.full"), name), 503)
        except AccessError as error:
            return HTMLResponse(door_page("account", str(error), name), 422)
        return _with_cookie(request, HTMLResponse(door_page("sign_in", say("door.changed"), name)))


class Proxied:
    """Whomever a reverse proxy names."""

    def __init__(self, settings: Settings) -> None:
        """Tell by the headers that the settings name.

        `SettingsError` if an address, group or role is none, `AccessError` without the secret.
        """
        self._from = _networks(settings.proxy_from)
        self._user, self._groups = settings.proxy_user_header, settings.proxy_groups_header
        self._roles = _roles(settings.proxy_groups)
        path = settings.proxy_secret_file
        self._secret = read_secret(Path(path)) if path else ""
        if not path and any(network.num_addresses > WIDE for network in self._from):
            raise SettingsError(
                "SIGNPOST_PROXY_FROM is too wide to believe whoever comes from there; name the"
                " proxy's own address, or set SIGNPOST_PROXY_SECRET_FILE."
            )

    def of(self, request: HTTPConnection) -> User | None:
        """Return whom the proxy names, in the highest role that their groups give.

        `Refused` if it comes from elsewhere, names nobody or several, or their groups give no role.
        """
        self._check_sender(request)
        names = request.headers.getlist(self._user)
        if len(names) != 1 or not _NAME.fullmatch(names[0]):
            raise Refused("The proxy named nobody who is signed in; sign in there first.")
        groups = request.headers.getlist(self._groups)
        listed = groups[0] if len(groups) == 1 else ""
        named = map(str.strip, listed.split(","))
        given = [self._roles[group] for group in named if group in self._roles]
        if not given:
            raise Refused("You are signed in, and no group of yours may use Signpost; ask for one.")
        return User(names[0], max(given, key=list(Role).index))

    def _check_sender(self, request: HTTPConnection) -> None:
        secrets = request.headers.getlist(SECRET_HEADER)
        known = not self._secret or (
            len(secrets) == 1 and hmac.compare_digest(secrets[0].encode(), self._secret.encode())
        )
        try:
            address = ipaddress.ip_address(request.client.host if request.client else "")
        except ValueError:
            known = False
        else:
            address = getattr(address, "ipv4_mapped", None) or address
            known = known and any(address in network for network in self._from)
        if not known:
            raise Refused("Signpost is reached through its proxy only; use the proxy's address.")


Identity = Open | SignedIn | Proxied


def cookie_for(request: HTTPConnection) -> str:
    """Return the name of the cookie, by the name that the page is called by."""
    return LOCAL_COOKIE if is_local(request.url.hostname or "") else SAFE_COOKIE


def is_local(host: str) -> bool:
    """Return whether an address or name is this machine's own and reaches nobody else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _networks(listed: str) -> tuple[Network, ...]:
    places = list(filter(None, map(str.strip, listed.split(","))))
    if not places:
        raise SettingsError("SIGNPOST_PROXY_FROM is empty; name the address of the proxy.")
    try:
        return tuple(map(ipaddress.ip_network, places))
    except ValueError as error:
        raise SettingsError(
            f"SIGNPOST_PROXY_FROM names what is no address or network: {error}; write one such as"
            " 10.0.0.5 or 10.0.0.0/24."
        ) from None


def _roles(listed: str) -> Mapping[str, Role]:
    found: dict[str, Role] = {}
    order = list(Role)
    for rule in filter(None, map(str.strip, listed.split(","))):
        role, _, group = (part.strip() for part in rule.partition("="))
        if not group or role not in order:
            raise SettingsError(
                f"SIGNPOST_PROXY_GROUPS holds {rule!r}; write role=group, with a role from"
                f" {', '.join(Role)}."
            )
        found[group] = max(Role(role), found.get(group, order[0]), key=order.index)
    return found


def _with_cookie(request: Request, response: Response, secret: str = "") -> Response:
    """Set the cookie of a session, or take it away where there is no secret."""
    name = cookie_for(request)
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
    return response
