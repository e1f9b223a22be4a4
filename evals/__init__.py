"""Cases in, scores out: what an evaluator runs."""

import sys
from collections.abc import Callable
from functools import wraps
from subprocess import CalledProcessError
from typing import ParamSpec

P = ParamSpec("P")


def refusing(main: Callable[P, int | None]) -> Callable[P, int]:
    """Let a program end with one line and code 1 where Signpost refuses; with 0 if it says none."""
    # Here, since the scorer apart is to load nothing of the assistant.
    from assistant.errors import SignpostError

    @wraps(main)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return main(*args, **kwargs) or 0
        except (SignpostError, CalledProcessError) as error:
            sys.stderr.write(f"signpost: {error}\n")
            return 1

    return run
