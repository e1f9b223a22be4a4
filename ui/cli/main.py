"""The `signpost` command: reads the arguments, starts the work, turns errors into one line.

Only the standard library is imported here, so that `--help` answers at once; each command imports
what it needs when it runs.
"""

import errno
import gc
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module

from corpus.errors import SignpostError
from ui.cli.usage import build_parser, check_arguments

logger = logging.getLogger(__name__)

OURS = ("assistant", "corpus", "evals", "ui", "__main__")
"""Whose warnings are shown; those of libraries say nothing to somebody who asks a question."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0, or 1 after an error that was told in one line on stderr, or 130 after Ctrl-C.

    Raises:
        SystemExit: with 2 for wrong usage, with 0 after `--help` and `--version`.
    """
    arguments = build_parser().parse_args(argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except SignpostError as error:
        return _tell(str(error))
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        logger.debug("The operating system refused.", exc_info=True)
        return _tell(_refusal(error))
    except KeyboardInterrupt:
        return 130
    return code


def _run(arguments: Namespace) -> int:
    check_arguments(arguments)
    # First of all: some libraries read their offline switches only once, when they are imported.
    from assistant.retrieval.models import go_offline

    go_offline()
    # Hundreds of thousands of small objects are read at the start, and none of them is garbage.
    gc.set_threshold(100_000)
    from assistant.settings import Settings

    settings = Settings.from_environment()
    _log_to_stderr(settings.log_level)
    module, _, function = arguments.call.partition(".")
    code: int | None = getattr(import_module(f"ui.cli.{module}"), function)(arguments, settings)
    return code or 0


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setLevel(level)
    if level != "DEBUG":
        # A filter, because some of them set the level of their own logger when they are imported.
        handler.addFilter(
            lambda one: one.levelno >= logging.ERROR or one.name.partition(".")[0] in OURS
        )
    form = "%(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level, format=form, handlers=[handler])


def _tell(sentence: str) -> int:
    print(f"signpost: {' '.join(sentence.split())}", file=sys.stderr)
    return 1


def _refusal(error: OSError) -> str:
    place = f": {error.filename}" if error.filename else ""
    room = "make room, or choose another disk with SIGNPOST_HOME or --out"
    advice = {
        errno.ENOSPC: room,
        errno.EDQUOT: room,
        errno.EROFS: "choose a folder that can be written with SIGNPOST_HOME or --out",
        errno.EACCES: "choose a folder that you may write with SIGNPOST_HOME or --out",
        errno.EADDRINUSE: "choose another port with --port or SIGNPOST_PORT",
    }.get(error.errno or 0)
    return f"{error.strerror or error}{place}{f'; {advice}' if advice else ''}."


if __name__ == "__main__":
    sys.exit(main())
