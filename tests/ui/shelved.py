"""A home with a small index over the fake corpus, for the Library workspace."""

from assistant.retrieval.store import Index
from corpus.checks.corpus_check import WholeReport
from corpus.checks.framework_check import CheckReport
from corpus.editions.edition import export_edition
from corpus.passage import Corpus, Problem, Span, sha256_of
from tests.fakes import hashing_embedder
from tests.ui.fake_answer import CORPUS

REPORT = WholeReport(
    parts={
        "guidance": CheckReport(
            counts={"notes": 2},
            problems=(),
            warnings=(
                Problem(id=f"{CORPUS.sources[1].id}#1", message="The note is near its review."),
                Problem(id="services", message="A page was not read; open it."),
            ),
        )
    }
)
"""What a check found: one warning about a note, one about none."""


def build(settings, corpus=CORPUS):
    """Build an index by a model that costs nothing."""
    return Index.build(corpus, hashing_embedder(), settings)


def light(patch):
    """Let the pages take that model for the one that ships."""
    for name in ("load_embedder", "ready_embedder"):
        patch.setattr(f"assistant.retrieval.models.{name}", lambda settings: hashing_embedder())


def earlier():
    """Return an edition before: one passage less, and one in other words."""
    first, second, *rest = CORPUS.passages
    text = f"Formerly {second.text}"
    said = {"text": text, "text_sha256": sha256_of(text), "grounds": second.grounds[:1]}
    said["sentences"] = (Span(start=0, end=len(text)),)
    reworded = second.model_copy(update=said)
    return Corpus(sources=CORPUS.sources, passages=(first, reworded, *rest[:-1]))


def keep_earlier(settings):
    """Keep the edition before in the folder that the page compares with."""
    folder = settings.home / "editions"
    folder.mkdir(parents=True, exist_ok=True)
    export_edition(earlier(), folder / "earlier.json")
