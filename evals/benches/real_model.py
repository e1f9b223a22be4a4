"""A small real model for the tests: joined from its parts, checked, and served on this machine."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import ModelError, SignpostError
from assistant.home import sha256_of_file
from evals.benches.serving import answers, free_port, running

SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
"""Of Qwen2.5-Coder-1.5B-Instruct, Q4_K_M (Apache-2.0)."""

NAME = "qwen2.5-coder-1.5b-instruct"
CONTEXT = 4096
UNSERVED = "The model's server did not start; see whether llama-cpp-python is installed."
_PART = re.compile(r"_part_?(\d+)$")


def join(parts: Path, out: Path) -> None:
    """Join the parts of the model, in the order of their numbers, and check the whole.

    Raises:
        ModelError: a part is missing, or the whole is not the model.
    """
    pieces = _pieces(parts)
    unfinished = out.with_suffix(".part")
    with unfinished.open("wb") as whole:
        for piece in pieces:
            with piece.open("rb") as file:
                shutil.copyfileobj(file, whole, 1 << 20)
    if sha256_of_file(unfinished) != SHA256:
        unfinished.unlink()
        raise ModelError(f"The parts in {parts} are not the model; remove them and try again.")
    unfinished.replace(out)


def _pieces(parts: Path) -> list[Path]:
    """Return the largest file of each numbered package, in order of the numbers."""
    numbered = {
        int(found[1]): folder
        for folder in parts.iterdir()
        if folder.is_dir() and (found := _PART.search(folder.name))
    }
    if not numbered or sorted(numbered) != list(range(1, len(numbered) + 1)):
        raise ModelError(f"{parts} does not hold the parts of the model, numbered from 1.")
    files = ([one for one in numbered[n].rglob("*") if one.is_file()] for n in sorted(numbered))
    return [max(own, key=lambda one: one.stat().st_size) for own in files]


@contextmanager
def served(model: Path, python: Path) -> Iterator[str]:
    """Serve the joined model by a Python that has llama-cpp-python; yields the address."""
    port = free_port()
    told = {"--model": model, "--model_alias": NAME, "--n_ctx": CONTEXT, "--port": port}
    # A second question must not cut off the first.
    told |= {"--interrupt_requests": False}
    arguments = [str(one) for pair in told.items() for one in pair]
    command = [str(python), "-m", "llama_cpp.server", "--host", "127.0.0.1", *arguments]
    url = f"http://127.0.0.1:{port}/v1"
    # Nothing of this project is to be taken for a package of the server's own.
    own = {name: held for name, held in os.environ.items() if name != "PYTHONPATH"}
    with running(command, lambda: answers(f"{url}/models"), UNSERVED, own, Path(os.devnull)):
        yield url


def main(arguments: Sequence[str] | None = None) -> int:
    """Join the model, or serve it while a command runs, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.benches.real_model", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    joining = actions.add_parser("join", help="join the parts and check the whole")
    joining.add_argument("parts", type=Path)
    joining.add_argument("model", type=Path)
    serving = actions.add_parser("serve", help="serve the model while a command runs")
    serving.add_argument("model", type=Path)
    serving.add_argument("python", type=Path)
    serving.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    try:
        if given.action == "join":
            join(given.parts, given.model)
            return 0
        with served(given.model, given.python) as url:
            told = {"SIGNPOST_LLM_URL": url, "TEST_LLM_URL": url, "SIGNPOST_LLM_MODEL": NAME}
            return subprocess.run(given.command, env=os.environ | told, check=False).returncode
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
