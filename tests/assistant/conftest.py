"""What the tests of the thinking share: frameworks, readers, and what an answer cites."""

from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.retrieval.search import Retriever
from assistant.retrieval.store import Index
from assistant.settings import Settings
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.naming import Names, entity_terms
from corpus.readers.glossary import Glossary
from corpus.readers.page import read_framework
from corpus.whole import Whole
from tests.corpus.conftest import HARBOUR
from tests.fakes import hashing_embedder


def quoted(statements):
    """Return the passages that quoting statements cite, in order and once, without the source."""
    ids = (one.passage_id for said in statements if said.kind != "note" for one in said.citations)
    return [passage_id.partition(":")[2] for passage_id in dict.fromkeys(ids)]


def noted(statements):
    """Return all that is said in notes, as one text."""
    return " ".join(said.text for said in statements if said.kind == "note")


def told(answer):
    """Return what an answer says of its completeness: facet and group to listed and total."""
    return {
        f"{one.facet} of {one.group.rpartition(':')[2]}": (one.listed, one.total)
        for one in answer.completeness
    }


def local(ids):
    return [one.partition(":")[2] for one in ids]


@pytest.fixture(scope="session")
def glossary(whole):
    return whole.glossary


@pytest.fixture(scope="session")
def names(framework, glossary):
    return Names(framework, glossary)


@pytest.fixture(scope="session")
def lexicon(framework, names, glossary):
    texts = [passage.text for passage in framework.passages]
    return Lexicon(texts, tuple(names.all()), (*glossary.concepts, *entity_terms(framework)))


@pytest.fixture(scope="session")
def ask(loose_assistant):
    """Ask the shipped corpus, with the real model; how sure it must be is tested elsewhere."""
    return lambda text: loose_assistant.ask(Question(text=text))


@pytest.fixture(scope="session")
def harbour():
    return read_framework(HARBOUR)


@pytest.fixture(scope="session")
def harbour_assistant(harbour, tmp_path_factory):
    """An assistant on the invented framework: no glossary, an embedder that hashes words."""
    settings = Settings(home=Path(tmp_path_factory.mktemp("harbour")), risk=1.0)
    whole = Whole(framework=harbour, notes=(), glossary=Glossary(terms=()))
    corpus, embedder = whole.corpus, hashing_embedder()
    Index.build(corpus, embedder, settings)
    return Assistant(whole, Retriever(Index.open(corpus, embedder, settings), settings))


@pytest.fixture(scope="session")
def ask_harbour(harbour_assistant):
    return lambda text: harbour_assistant.ask(Question(text=text))
