"""Every setting, read once from the environment at an entry point and passed down."""

import os
from pathlib import Path
from socket import gethostname
from typing import Literal, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import process

from assistant.errors import SettingsError
from corpus.passage import sha256_of

PREFIX = "SIGNPOST_"

_SAME_ANSWER = frozenset(
    "home chroma_url state_url host port log_level retention_days audit_text access allowed_hosts "
    "tls_certificate tls_key proxy_from proxy_user_header proxy_groups_header proxy_groups "
    "proxy_secret_file accept_unsigned session_minutes rate waiting mcp language "
    # A model words what is said and decides none of it; an answer names the one that did.
    "llm_url llm_model llm_key llm_timeout_s llm_max_tokens llm_remote_ok".split()
)
"""Settings that leave answers as they are: places, logs, doors, looks and wording."""


def default_home() -> Path:
    """Return `.signpost` of the checkout that runs, or a folder among the user's data.

    A checkout is known by its `Makefile` beside the packages; no wheel brings one.
    """
    root = Path(__file__).parents[1]
    if (root / "Makefile").is_file() and (root / "pyproject.toml").is_file():
        return root / ".signpost"
    return platformdirs.user_data_path("signpost")


class Settings(BaseSettings):
    """All settings; a field `port` is read from `SIGNPOST_PORT`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(default_factory=default_home)
    """Folder that holds everything a run writes: index, models, runs. By default `.signpost` in a
    checkout, as `make` has it, and the user's data folder elsewhere."""

    embedder: str = "all-MiniLM-L6-v2"
    """The embedding model: the one that ships, a folder, or a hub name that is already cached."""

    chroma_url: str = ""
    """Address of a Chroma server, such as http://127.0.0.1:8000; empty for the embedded store."""

    state_url: SecretStr = SecretStr("")
    """Address of a Redis, such as redis://127.0.0.1:6379, that several servers keep sessions,
    limits and the switch in; empty for a server that is alone. It may hold a password."""

    host: str = "127.0.0.1"
    """Address that the page is served on."""

    port: int = Field(default=7860, ge=1, le=65535)
    """Port that the page is served on."""

    access: Literal["open", "accounts", "proxy"] = "open"
    """Who may reach the page: `open`, whoever is on this machine, as the one admin; `accounts`,
    whoever signs in; `proxy`, whomever a reverse proxy has signed in."""

    allowed_hosts: str = ""
    """Names by which the page may be called, with commas between, such as signpost.example.org;
    needed where it is served beyond this machine, whose own names are always allowed."""

    tls_certificate: str = ""
    """File with the certificate chain, PEM, where Signpost itself is to speak HTTPS."""

    tls_key: str = ""
    """File with the certificate's key, PEM."""

    proxy_from: str = "127.0.0.1,::1"
    """Addresses or networks that the reverse proxy connects from, with commas between."""

    proxy_user_header: str = Field(default="X-Forwarded-User", pattern="^[A-Za-z0-9-]+$")
    """Header in which the reverse proxy names the user."""

    proxy_groups_header: str = Field(default="X-Forwarded-Groups", pattern="^[A-Za-z0-9-]+$")
    """Header in which it names the user's groups, with commas between."""

    proxy_groups: str = "officer=officer,trainer=trainer,evaluator=evaluator,admin=admin"
    """Which group has which role, as `role=group`, with commas between."""

    proxy_secret_file: str = ""
    """File with a secret that the reverse proxy sends as `X-Signpost-Proxy`, so that no other
    program on its machine can speak for it."""

    accept_unsigned: bool = False
    """Whether the page may be served beyond this machine although no safeguarding lead has signed
    the signposting texts; the page then says so."""

    session_minutes: int = Field(default=60, ge=1, le=720)
    """Minutes without a request after which one has to sign in again, as after 12 hours anyway."""

    rate: int = Field(default=30, ge=1, le=10_000)
    """Questions and searches that a user may send in a minute."""

    waiting: int = Field(default=32, ge=1, le=1000)
    """Questions that may wait for their turn; whoever comes later is told that Signpost is busy."""

    mcp: bool = False
    """Whether `signpost serve` answers other assistants too, over MCP at `/mcp`, in the rights of
    whoever sends the request."""

    max_question_chars: int = Field(default=2000, ge=1, le=20_000)
    """Longest question that is accepted, in characters."""

    k: int = Field(default=10, ge=1, le=100)
    """Number of hits that a search returns, and that an extractive answer chooses from."""

    risk: float = Field(default=0.12, ge=0.03, le=1.0)
    """Greatest share of near misses that may be answered outright: the higher, the more questions
    are answered, and the more of those that nothing answers."""

    safeguard_sure: float = Field(default=0.4, ge=0.0, le=1.0)
    """Chance that a message is no policy question from which a reviewed reply stands in the place
    of an answer: the lower, the more policy questions get one by mistake."""

    safeguard_unsure: float = Field(default=0.2, ge=0.0, le=1.0)
    """The same from which signposting stands above the answer."""

    own_triage: Literal["people", "all", "off"] = "people"
    """Which messages get a reviewed reply over a text of your own: those of people in need and
    harmful requests, reports about others too, or none."""

    region: str = ""
    """Country by its two letters, or continent, whose services are named before worldwide ones."""

    retention_days: int = Field(default=90, ge=0, le=36_500)
    """Days for which records of the audit log and feedback are kept beyond their own; 0 keeps
    today's alone."""

    audit_text: bool = False
    """Whether the audit log holds the words of questions and answers, with personal data masked."""

    language: str = Field(default="en", max_length=35)
    """Language of the page, as BCP 47 names it: one that `ui/words/` has a file of."""
    llm_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """Address of a language model that speaks like OpenAI's, such as http://127.0.0.1:8000/v1, to
    word answers; empty for none."""

    llm_model: str = Field(default="", max_length=200, pattern=r"^[\w./:@+-]*$")
    """Name of the model there; empty where the endpoint serves one and asks for no name."""

    llm_key: SecretStr = SecretStr("")
    """Key for the endpoint, if it wants one; never shown or logged."""

    llm_timeout_s: float = Field(default=30.0, ge=0.5, le=600.0)
    """Seconds after which an answer is given in the sources' own words, whatever the model does."""

    llm_max_tokens: int = Field(default=1024, ge=16, le=16_384)
    """Most tokens that the model may write for an answer."""

    llm_remote_ok: bool = False
    """Whether the endpoint may be another machine than this; a question that holds personal data
    is never sent there."""

    log_level: str = Field(default="WARNING", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    """What is logged to stderr: DEBUG, INFO, WARNING or ERROR; never the text of a question."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read them; `SettingsError` where a variable is unknown or a value out of range."""
        known = [f"{PREFIX}{name.upper()}" for name in cls.model_fields]
        for name in sorted(os.environ):
            if name.startswith(PREFIX) and name not in known:
                near = process.extractOne(name, known)
                raise SettingsError(f"{name} is not a setting; did you mean {near[0]}?")
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = f"{PREFIX}{str(first['loc'][0]).upper()}"
            raise SettingsError(f"{name}={first['input']!r} is refused: {first['msg']}.") from None

    @property
    def replica(self) -> str:
        """Name of this server among several, for files that each has of its own; empty if alone."""
        if not self.state_url.get_secret_value():
            return ""
        named = "".join(one if one.isalnum() and one.isascii() else "-" for one in gethostname())
        return f"{named}-{self.port}"

    def digest(self) -> str:
        """Return a SHA-256 over the settings that can change an answer, and no others."""
        return sha256_of(self.model_dump_json(exclude=set(_SAME_ANSWER)))
