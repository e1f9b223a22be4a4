"""What `signpost learn` and `signpost llm` do: train the reader, try the endpoint."""

from __future__ import annotations

import argparse
from pathlib import Path

from assistant.errors import ModelError, SettingsError
from assistant.settings import Settings
from assistant.understanding.reader import learned_path
from assistant.wording import endpoint_check
from assistant.wording.endpoint import Endpoint
from corpus.errors import CorpusError
from corpus.readers.questions import LabelledQuestion, read_rows
from evals.training.learning import check_installed, own_rows, undo
from ui.words.phrases import clean


def learn(arguments: argparse.Namespace, settings: Settings) -> int:
    """Train the reader on the shipped rows and the operator's own, or go back."""
    if arguments.undo:
        which = "The weights before" if undo(settings.home) else "The shipped weights"
        print(f"{which} are in use again.")
        return 0
    check_installed()
    from evals.training.fit_reader import learn as train

    extra = _rows(arguments.rows) if arguments.rows else ()
    done = train(
        settings,
        learned_path(settings.home),
        (*own_rows(settings.home), *extra),
        afresh=arguments.afresh,
        tell=lambda line: print(line, flush=True),
    )
    print(f"before: {done.before or 'none'}")
    print(f"after:  {done.after}")
    if not done.kept:
        raise ModelError("What was learned is worse than what is in use, and was not kept.")
    print("The next start of Signpost reads with these weights; `signpost learn --undo` goes back.")
    return 0


def _rows(path: Path) -> tuple[LabelledQuestion, ...]:
    """Read an operator's rows; all of them are learned from."""
    if not path.is_file():
        raise CorpusError(f"There is no file {path}; name a file of labelled questions.")
    return tuple(
        row.model_copy(update={"split": "train"}) for row in read_rows(path, LabelledQuestion)
    )


def check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Try the endpoint; exit code 1 if answers could not be worded by it."""
    if not settings.llm_url:
        raise SettingsError(
            "No language model is set; set SIGNPOST_LLM_URL, such as http://127.0.0.1:8000/v1."
        )

    endpoint = Endpoint(settings)
    endpoint.check_installed()
    good, marks = True, {True: "works", False: "fails", None: "note"}
    for tried in endpoint_check.check(endpoint, settings.llm_timeout_s):
        good = good and (tried.works is not False or not tried.needed)
        print(f"{tried.what:<10} {marks[tried.works]:<6} {clean(tried.told)}", flush=True)
    print("Answers can be worded by it." if good else "Answers stay in the sources' own words.")
    return 0 if good else 1
