"""A language model words an answer whose content is settled; nothing it adds is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.safety.personal import Finder
    from assistant.settings import Settings
    from assistant.wording.generative import Generative
    from corpus.passage import Corpus


def load_wording(settings: Settings, corpus: Corpus, finder: Finder) -> Generative | None:
    """Return what words answers by the language model that is set; none, at no cost, without one.

    Raises:
        SettingsError: its address is refused.
        ModelError: what it needs is not installed.
    """
    if not settings.llm_url:
        return None
    from assistant.wording.generative import Generative

    return Generative.open(settings, corpus.by_id, finder)
