"""The root of the error tree and its lowest branch; `assistant/errors.py` draws the whole."""

from typing import Literal

Outcome = Literal[
    "bomb", "damaged", "empty", "encoding", "encrypted", "mismatch", "no letters", "not a file",
    "scanned", "slow", "symlink", "too large", "truncated", "unknown format",
]  # fmt: skip
"""Why nothing of a file was kept."""


class SignpostError(Exception):
    """Anything that a user can put right; its text is one sentence and is shown as it stands."""


class CorpusError(SignpostError):
    """A source, a framework file or a passage file cannot be read as what it claims to be."""


class DocumentError(CorpusError):
    """An operator's file cannot be read; nothing of it is kept."""

    def __init__(self, outcome: Outcome, said: str, megabytes: int = 0) -> None:
        """Say which outcome it is, in a sentence, and what memory was used."""
        super().__init__(said)
        self.outcome: Outcome = outcome
        self.megabytes = megabytes
