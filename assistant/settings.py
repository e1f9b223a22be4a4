"""Every setting, read once from the environment at an entry point and passed down."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import process

from assistant.errors import SettingsError
from corpus.passage import sha256_of

PREFIX = "SIGNPOST_"


class Settings(BaseSettings):
    """All settings; a field `port` is read from `SIGNPOST_PORT`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", use_attribute_docstrings=True
    )

    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("signpost"))
    """Folder that holds everything a run writes: index, models, runs."""

    embedder: str = "all-MiniLM-L6-v2"
    """The embedding model: the one that ships, a folder, or a hub name that is already cached."""

    chroma_url: str = ""
    """Address of a Chroma server, such as http://127.0.0.1:8000; empty for the embedded store."""

    host: str = "127.0.0.1"
    """Address that the page is served on."""

    port: int = Field(default=7860, ge=1, le=65535)
    """Port that the page is served on."""

    max_question_chars: int = Field(default=2000, ge=1, le=20_000)
    """Longest question that is accepted, in characters."""

    k: int = Field(default=10, ge=1, le=100)
    """Number of hits that a search returns, and that an extractive answer chooses from."""

    risk: float = Field(default=0.05, ge=0.03, le=1.0)
    """Greatest upper bound on the rate of false answers that is accepted: the higher, the more
    questions are answered, and the more of those that nothing answers."""

    safeguard_sure: float = Field(default=0.7, ge=0.0, le=1.0)
    """Chance that a message is no policy question from which a reviewed reply stands in the place
    of an answer: the lower, the more policy questions get one by mistake."""

    safeguard_unsure: float = Field(default=0.5, ge=0.0, le=1.0)
    """The same from which signposting stands above the answer."""

    region: str = ""
    """Country by its two letters, or continent, whose services are named before worldwide ones."""

    retention_days: int = Field(default=90, ge=0, le=36_500)
    """Days for which a record of the audit log is kept beyond its own; 0 keeps today's alone."""

    audit_text: bool = False
    """Whether the audit log holds the words of questions and answers, with personal data masked."""

    log_level: str = Field(default="WARNING", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    """What is logged to stderr: DEBUG, INFO, WARNING or ERROR; never the text of a question."""

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings.

        Raises:
            SettingsError: a `SIGNPOST_` variable is unknown, or a value is out of range.
        """
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

    def digest(self) -> str:
        """Return a SHA-256 over the settings that can change an answer; places and logs are not."""
        others = {"home", "chroma_url", "host", "port"}
        logs = {"log_level", "retention_days", "audit_text"}
        return sha256_of(self.model_dump_json(exclude=others | logs))
