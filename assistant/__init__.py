"""A question in, an answer with citations out: `from assistant import Signpost`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.signpost import Signpost

__all__ = ["Signpost"]


def __getattr__(name: str) -> object:
    """Return what the package shows, which is loaded with the first use."""
    if name == "Signpost":
        from assistant.signpost import Signpost

        return Signpost
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
