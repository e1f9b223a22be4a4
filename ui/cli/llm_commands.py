"""What `signpost llm` does: try the language model's endpoint, and say what works."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.wording.endpoint_check import Tried


def check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Try the endpoint; exit code 1 if answers could not be worded by it."""
    if not settings.llm_url:
        raise SettingsError(
            "No language model is set; set SIGNPOST_LLM_URL, such as http://127.0.0.1:8000/v1."
        )
    from assistant.wording import endpoint_check
    from assistant.wording.endpoint import Endpoint

    endpoint = Endpoint(settings)
    endpoint.check_installed()
    good = True
    for tried in endpoint_check.check(endpoint, settings.llm_timeout_s):
        good = good and (tried.works is not False or not tried.needed)
        sys.stdout.write(f"{line_of(tried)}\n")
        sys.stdout.flush()
    told = "Answers can be worded by it." if good else "Answers stay in the sources' own words."
    sys.stdout.write(f"{told}\n")
    return 0 if good else 1


def line_of(tried: Tried) -> str:
    """Return one line on what was tried."""
    from ui.words.phrases import clean

    marks = {True: "works", False: "fails", None: "note"}
    return f"{tried.what:<10} {marks[tried.works]:<6} {clean(tried.told)}"
