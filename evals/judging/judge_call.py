"""One word from a language model: within its time, and never more than is read."""

from __future__ import annotations

from assistant.settings import Settings
from assistant.wording.calls import Calls
from assistant.wording.endpoint import Endpoint, Failure, failures

TOKENS = 8
"""Tokens that the model may write: a word, and enough to see that it wrote more than one."""

READ = 200
"""Characters that are read of a reply, whatever the endpoint sends."""


class Caller:
    """Calls a model, once for each thing that is judged."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        """Keep where the model is, and the seconds that a reply may take."""
        self.model = endpoint.model
        self.is_local = endpoint.is_local
        self._endpoint = endpoint
        self._seconds = seconds

    @classmethod
    def open(cls, settings: Settings) -> Caller:
        """Take the endpoint that the settings name.

        Raises:
            SettingsError: its address is refused.
            ModelError: what it needs is not installed.
        """
        endpoint = Endpoint(settings.model_copy(update={"llm_max_tokens": TOKENS}))
        endpoint.check_installed()
        return cls(endpoint, settings.llm_timeout_s)

    def ask(self, system: str, request: str) -> str | Failure:
        """Return what the model says, or why it says nothing; it is asked again if it wants so.

        Args:
            system: the rules.
            request: the question.
        """
        calls = Calls(self._endpoint.connect, self._seconds)
        said = _read(calls, system, request)
        if isinstance(said, Failure) and 0 < said.wait < calls.seconds:
            calls.wait(said.wait)
            said = _read(calls, system, request)
        return said


def _read(calls: Calls, system: str, request: str) -> str | Failure:
    flow = calls.begin(system, request)
    text = ""
    try:
        for piece in flow:
            text += piece
            if len(text) > READ:
                break
    except failures() as error:
        return calls.failure(error)
    finally:
        flow.close()
    return text
