r"""Answers the questions of `signpost eval run --command` with groundrag.

    signpost eval run --suite framework --out RUN \
        --command "python -m evals.peers.answer_groundrag"

Its environment under `SIGNPOST_HOME/peers` is made by `make bench-peers`; it is set up and tuned as
there, by `evals.peers.peer_answers`.
"""

from __future__ import annotations

import sys

from evals.peers.peer_answers import answer_as


def main() -> int:
    """Answer every row of the standard input, in order."""
    return answer_as("groundrag", sys.stdin, sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
