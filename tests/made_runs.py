"""Run folders made from cases and answers, without asking anybody."""

from corpus.passage import digest_of
from corpus.whole import Whole
from evals.folder import ANSWERS, CASES, CONFIG, AnswerRow, RunConfig, lines_of, write_file


def make_run(folder, told, *, seconds=0.1):
    """Write a finished run of the corpus that ships, and return its folder."""
    cases = [case for case, _ in told]
    rows = [
        AnswerRow(id=case.id, answer=one, error="" if one else "It is empty.", seconds=seconds)
        for case, one in told
    ]
    config = RunConfig(
        suite="made",
        cases=digest_of(cases),
        count=len(cases),
        family=None,
        limit=None,
        settings={"risk": 0.05},
        settings_digest="s" * 64,
        edition=Whole.read().corpus.digest,
        versions={},
        started="2026-11-25T00:00:00+00:00",
        finished="2026-11-25T00:01:00+00:00",
    )
    write_file(folder / CONFIG, config.model_dump_json())
    write_file(folder / CASES, lines_of(cases))
    write_file(folder / ANSWERS, lines_of(rows))
    return folder
