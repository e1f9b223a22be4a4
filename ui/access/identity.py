"""Who sends a request: the one local admin, a session, a token, or whom a reverse proxy names."""

import hmac
import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import HTTPConnection

from assistant.errors import SettingsError
from assistant.settings import Settings
from ui.access.accounts import Accounts, Sessions, read_secret
from ui.access.rights import PAGE, Role, User

LOCAL_ADMIN = User(PAGE, Role.ADMIN)
"""Whoever sits at the machine, where there are no accounts."""

SECRET_HEADER = "X-Signpost-Proxy"
"""Header in which a reverse proxy sends the secret that is shared with it."""

SAFE_COOKIE = "__Host-signpost"
"""Name of the cookie where the page is called by a public name; browsers take it over HTTPS only,
and from no other host."""

LOCAL_COOKIE = "signpost"
"""Its name where the page is called by a name of this machine, which needs no HTTPS."""

FORWARDED = ("forwarded", "x-forwarded-", "x-real-ip", "x-client-ip", "true-client-", "via", "cf-")
"""Beginnings of headers that only a proxy sends."""

WIDE = 2**16
"""Addresses in a network from which a proxy is not believed without a secret."""

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


class SignedIn:
    """Whoever has a session, or a token; `SignpostError` while the accounts cannot be read."""

    def __init__(self, accounts: Accounts, sessions: Sessions) -> None:
        """Tell by accounts and their sessions."""
        self.accounts = accounts
        self.sessions = sessions

    def of(self, request: HTTPConnection) -> User | None:
        """Return whose token or session comes along; a token that is none is nobody's."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            account = self.accounts.of_token(token) if scheme.lower() == "bearer" else None
        else:
            account = self.sessions.account_of(session_of(request))
        return User(account.name, account.role) if account else None


class Proxied:
    """Whomever a reverse proxy names."""

    def __init__(self, settings: Settings) -> None:
        """Tell by the headers that the settings name.

        `SettingsError` if an address, group or role is none, `AccessError` without the secret.
        """
        self._from = _networks(settings.proxy_from)
        self._user = settings.proxy_user_header
        self._groups = settings.proxy_groups_header
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

        Raises:
            Refused: it comes from somewhere else than the proxy, names nobody or several, or
                somebody whose groups give no role.
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
"""Tells who sends a request, or that it may not come this way, whoever sends it."""


def session_of(request: HTTPConnection) -> str:
    """Return the secret of the session that a request carries; empty if it carries none."""
    return request.cookies.get(cookie_for(request), "")


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
    found = []
    for place in filter(None, map(str.strip, listed.split(","))):
        try:
            found.append(ipaddress.ip_network(place))
        except ValueError:
            raise SettingsError(
                f"SIGNPOST_PROXY_FROM names {place!r}, which is no address or network; write one"
                " such as 10.0.0.5 or 10.0.0.0/24."
            ) from None
    if not found:
        raise SettingsError("SIGNPOST_PROXY_FROM is empty; name the address of the proxy.")
    return tuple(found)


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
