"""What the tests of the thinking share: frameworks, readers, and what an answer cites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.drafting import entity_terms
from assistant.answering.relevance import Meaning, Relevance
from assistant.pipeline import Assistant
from assistant.records import Answer, Question, Statement
from assistant.retrieval.search import Retriever
from assistant.retrieval.store import Index
from assistant.rules.lexicon import Lexicon
from assistant.rules.parts import Parts
from assistant.rules.subjects import Names
from assistant.rules.topics import Topics
from assistant.rules.understand import Understanding
from assistant.settings import Settings
from assistant.understanding.query import Query
from corpus.readers.glossary import Glossary, read_glossary, shipped_glossary
from corpus.readers.page import read_framework, shipped_framework
from corpus.structure.graph import Framework
from corpus.whole import Whole
from tests.corpus.conftest import HARBOUR
from tests.fakes import hashing_embedder

Ask = Callable[[str], Answer]
Read = Callable[[str], tuple[Query, ...]]


def quoted(statements: Iterable[Statement]) -> list[str]:
    """Return the passages that quoting statements cite, in order and once, without the source."""
    ids = (one.passage_id for said in statements if said.kind != "note" for one in said.citations)
    return [passage_id.partition(":")[2] for passage_id in dict.fromkeys(ids)]


def framed(statements: Iterable[Statement]) -> list[str]:
    """Return the same of the framework's own text, whatever guidance stands beside it."""
    return quoted(said for said in statements if said.kind == "framework")


def noted(statements: Iterable[Statement]) -> str:
    """Return all that is said in notes, as one text."""
    return " ".join(said.text for said in statements if said.kind == "note")


def told(answer: Answer) -> dict[str, tuple[int, int]]:
    """Return what an answer says of its completeness: facet and group to listed and total."""
    return {
        f"{one.facet} of {one.group.rpartition(':')[2]}": (one.listed, one.total)
        for one in answer.completeness
    }


def local(ids: Sequence[str]) -> list[str]:
    """Return ids without the source's own."""
    return [one.partition(":")[2] for one in ids]


def lexicon_of(framework: Framework, names: Names, glossary: Glossary) -> Lexicon:
    """Return the lexicon that an assistant would have."""
    texts = [passage.text for passage in framework.passages]
    return Lexicon(texts, tuple(names.all()), (*glossary.concepts, *entity_terms(framework)))


def relevance_of(framework: Framework, lexicon: Lexicon) -> Relevance:
    """Return a relevance that tells meanings apart by words alone."""
    embed = hashing_embedder().embed
    vectors = np.stack([embed(passage.text) for passage in framework.passages])
    no_wordings = np.zeros((0, vectors.shape[1]), dtype=np.float32)
    meaning = Meaning(vectors, ((), no_wordings), embed)
    return Relevance(framework.passages, meaning, lexicon.rarity)


def parts_of(framework: Framework, glossary: Glossary) -> Parts:
    """Return what takes the questions of a framework apart."""
    names = Names(framework, glossary)
    return Parts(framework, names, lexicon_of(framework, names, glossary))


def reader_of(framework: Framework, glossary: Glossary) -> Understanding:
    """Return an understanding that tells meanings apart by words alone."""
    names = Names(framework, glossary)
    lexicon = lexicon_of(framework, names, glossary)
    topics = Topics(framework, lexicon, relevance_of(framework, lexicon))
    return Understanding(framework, Parts(framework, names, lexicon), topics)


@pytest.fixture(scope="session")
def framework() -> Framework:
    return read_framework(shipped_framework())


@pytest.fixture(scope="session")
def glossary() -> Glossary:
    return read_glossary(shipped_glossary())


@pytest.fixture(scope="session")
def names(framework: Framework, glossary: Glossary) -> Names:
    return Names(framework, glossary)


@pytest.fixture(scope="session")
def lexicon(framework: Framework, names: Names, glossary: Glossary) -> Lexicon:
    return lexicon_of(framework, names, glossary)


@pytest.fixture(scope="session")
def read(framework: Framework, glossary: Glossary) -> Read:
    """Read a question about the shipped framework, without any model."""
    return reader_of(framework, glossary).read


@pytest.fixture(scope="session")
def ask(loose_assistant: Assistant) -> Ask:
    """Ask the shipped corpus, with the real model; how sure it must be is tested elsewhere."""
    return lambda text: loose_assistant.ask(Question(text=text))


@pytest.fixture(scope="session")
def harbour() -> Framework:
    return read_framework(HARBOUR)


@pytest.fixture(scope="session")
def harbour_assistant(harbour: Framework, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant on the invented framework: no glossary, an embedder that hashes words."""
    settings = Settings(home=Path(tmp_path_factory.mktemp("harbour")), risk=1.0)
    whole = Whole(framework=harbour, notes=(), glossary=Glossary(terms=()))
    corpus, embedder = whole.corpus, hashing_embedder()
    Index.build(corpus, embedder, settings)
    index = Index.open(corpus, embedder, settings)
    retriever = Retriever.open(corpus, index, embedder, settings)
    return Assistant(whole, retriever, settings)


@pytest.fixture(scope="session")
def ask_harbour(harbour_assistant: Assistant) -> Ask:
    return lambda text: harbour_assistant.ask(Question(text=text))
