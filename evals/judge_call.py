"""One word from a language model: within its time, and never more than is read."""

from __future__ import annotations

from time import monotonic, sleep

from assistant.endpoint import Endpoint, Failure, failure_of, failures
from assistant.flow import Flow
from assistant.settings import Settings

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
        deadline = monotonic() + self._seconds
        said = self._read(system, request, deadline)
        if isinstance(said, Failure) and 0 < said.wait < deadline - monotonic():
            sleep(said.wait)
            said = self._read(system, request, deadline)
        return said

    def _read(self, system: str, request: str, deadline: float) -> str | Failure:
        line = self._endpoint.connect(max(0.1, deadline - monotonic()))
        flow = Flow(lambda: line.pieces(system, request), line.stop, deadline, failures())
        text = ""
        try:
            for piece in flow:
                text += piece
                if len(text) > READ:
                    break
        except failures() as error:
            return failure_of(error)
        finally:
            flow.close()
        return text
