"""Answers from passages of which nothing is known but their text: the same engine, another tier.

They answer alone, or as an operator's library beside the corpus: one question, and two answers that
stay apart.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from assistant.answering.answerability import DOCUMENTS, Gate
from assistant.answering.decide import NOT_OUTRIGHT, OPEN, REPLIES, UNNAMED, decide, judged
from assistant.answering.guidance import Guidance, Told
from assistant.answering.sections import READ_OWN, Sections, years_of
from assistant.answering.sentences import Sentences, Vectors
from assistant.citing.citations import note, told
from assistant.draft import ranked
from assistant.errors import IndexMismatch, LibraryError, ModelError, QuestionError
from assistant.ingestion import Library, beside, corpus_of
from assistant.pipeline import Answerer, Assistant
from assistant.records import (
    CLOSEST,
    NO_FILTERS,
    Answer,
    Draft,
    Filters,
    Found,
    Question,
    Scope,
    Statement,
    Status,
    cited_in,
)
from assistant.retrieval.search import Retriever
from assistant.retrieval.store import Index, store_of
from assistant.retrieval.wordings import MARK, SUFFIX, pieces_of
from assistant.safety.triage import Heard, Triage, one_line
from assistant.settings import Settings
from assistant.understanding.lexicon import Lexicon, Spelling
from assistant.understanding.reader import Reader, asking_of, request_of
from assistant.understanding.reading import Query, Request
from corpus.checks.orders import without_orders
from corpus.readers.glossary import read_glossary, shipped_glossary
from corpus.text import split_sentences

COMPOSER = "documents-1"  # Name and version of the composer, for an answer's provenance.
TIER = "document"
LEANS = 0.5  # Probability from which a turn is taken to lean on the one before it.
LOST = 0.9  # The same of one that has none before it.
BESIDE = "library-1"  # Stands for the library in the name of what composed an answer.

_OPENING = threading.Lock()  # Held while a library is opened, which is done once.
_CLOSEST, _UNNAMED = NOT_OUTRIGHT.partition(". ")[2], UNNAMED.partition("{}")[0]

_Asks = Callable[[Question, date | None], Answer]  # Answers a question as of a day.


class _Asked(NamedTuple):
    """A question: as it is understood, and with the turn before it, as it is searched for."""

    text: str
    sought: str
    leaning: float
    """Probability that it leans on the turn before it."""

    turned: bool
    """Whether there is one."""

    request: Request
    """What it asks for that no source gives, if anything."""


class Foreign(Answerer):
    """Answers questions from passages of any subject, which no filter narrows."""

    def __init__(
        self,
        index: Index,
        settings: Settings,
        gate: Gate | None = None,
        reader: Reader | None = None,
    ) -> None:
        super().__init__(retriever := Retriever(index, settings), reader)
        corpus, glossary = index.corpus, read_glossary(shipped_glossary())
        self._spelling = Spelling(glossary)
        texts = (one.text for one in corpus.passages)
        lexicon = Lexicon(texts, (), (*glossary.concepts, *glossary.abbreviations))
        sentences = _sentences(index, lexicon)
        sections = Sections(sentences, lexicon, retriever.scores, retriever.pair_model, READ_OWN)
        self._guidance = Guidance(corpus, sections)
        self._gate = gate or Gate.shipped(settings.risk, DOCUMENTS)

    def find(
        self, text: str, k: int, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Found:
        """Search as every answerer does; what is found stands beside the reviewed text too."""
        _refuse(filters)
        guard = self._safeguard
        line = self._complete(text, guard.without(turns)).sought
        hits = self._retriever.search(line, k)
        return Found(hits=hits, signposting=guard.due(self._triage(text)))

    def _triage(self, text: str) -> Triage:
        return self._safeguard.over_own(self._safeguard.triage(text))

    def _compose(self, question: Question, today: date) -> Answer:
        # The day makes no difference to texts without one.
        _refuse(question.filters)
        line = one_line(question.text, self.settings.max_question_chars)
        asked = without_orders(line)
        if not asked:
            said = "This is an order, not a question that passages could answer."
            return self._answer(question, line, _bare("not_covered", "coverage_gap", said))
        complete = self._complete(asked, self._safeguard.without(question.turns))
        if complete.leaning >= LOST and not complete.turned:
            said = "It is not clear what this is about; name it, and ask again."
            draft = _bare("clarify", "ambiguous", said)
        else:
            hits = self._retriever.search(complete.sought, self.settings.k)
            query = Query(text=complete.text, operation="explain")
            said = "The passages do not answer this."
            nothing = _bare("not_covered", "coverage_gap", said)
            found = judged(self._tell(complete), self._gate)
            found = found._replace(answers=found.answers and self._holds(complete.text, found.told))
            if complete.request == "writing" and not found.answers:
                # What nearly says it is no reply to who wants a text written.
                draft = _bare("out_of_scope", "writing", REPLIES["writing"])
            else:
                draft = decide(nothing, found, query, hits, ())
        return self._answer(question, complete.text, draft)

    def _holds(self, asked: str, told: Told) -> bool:
        """Tell whether what is told says the years that are asked for, and a text every name.

        A year of a title counts where it is the only one; of a story no name has to be held.
        """
        cited = [self.corpus.passage(one) for one in cited_in(told.statements)]
        titles = (self.corpus.source_by_id[one.source_id].title for one in cited)
        said = [one.text for one in told.statements]
        said += [heading for one in cited for heading in one.heading_path[-1:]]
        said += [title for title in titles if len(years_of(title)) == 1]
        is_named = not told.figures["names_lost_any"] or len(split_sentences(asked)) > 1
        return is_named and years_of(asked) <= years_of(" ".join(said))

    def told(self, question: Question) -> Told:
        """Return what the passages say in reply to a question, unjudged; for fitting the gate."""
        return self._tell(self._complete(question.text, question.turns))

    def chance(self, question: Question) -> float:
        """Return the chance that the corpus answers a question, 0 to 1; for measuring."""
        return judged(self.told(question), self._gate).chance

    def nearest(self, texts: Sequence[str]) -> list[tuple[float, str]]:
        """Return for each text the best cosine of a passage as a whole, and its id; to measure."""
        ids, rows = self._retriever.index.vectors(TIER)
        cosines = (rows @ self.embedder.embed(text) for text in texts)
        return [(float(one.max()), ids[int(one.argmax())]) for one in cosines]

    def _complete(self, text: str, turns: Sequence[str]) -> _Asked:
        limit = self.settings.max_question_chars
        line = one_line(text, limit)
        earlier = [one_line(turn, limit) for turn in turns]
        try:
            _, core = asking_of(line, self.reader.read)
            told = self.reader.read([(line, ()), (line, earlier)])
            leaning, request = max(one.leans for one in told), request_of(told[0], "other")
        except ModelError:
            leaning, core, request = 0.0, "", ""
        line = self._spelling.in_full(line)
        # What came before helps to find, whether or not a question leans on it.
        sought = f"{line} ({earlier[-1]})" if earlier else core or line
        text = sought if leaning >= LEANS and earlier else line
        return _Asked(text, sought, leaning, bool(earlier), request)

    def _tell(self, asked: _Asked) -> Told:
        vector, today = self.embedder.embed(asked.sought), datetime.now(UTC).date()
        told = self._guidance.tell(asked.sought, vector, today)
        more = {"leans": asked.leaning, "turned": float(asked.turned)}
        return told._replace(figures=told.figures | more)


def _bare(status: Status, reason: str, said: str) -> Draft:
    return Draft(
        status=status, reason=reason, scope=Scope(), composer=COMPOSER, statements=(note(said),)
    )


def _sentences(index: Index, lexicon: Lexicon) -> Sentences:
    """Return the sentences of passages; each has the vector of the piece that it stands in.

    So a question costs one embedding, and a build no more than the passages and their pieces.
    """
    _, passages = index.vectors(TIER)
    ids, pieces = index.vectors(TIER + SUFFIX)
    row = {piece: at for at, piece in enumerate(ids, start=len(passages))}
    rows: list[int] = []
    for place, passage in enumerate(index.corpus.passages):
        first = f"{passage.id}{MARK}{len(passage.also) + 1}"
        if first not in row:
            rows += [place] * len(passage.sentences)
            continue
        ends = [span.end for span in pieces_of(passage)]
        rows += [row[first] + bisect_left(ends, span.end) for span in passage.sentences]
    both = np.concatenate((passages, pieces)) if len(pieces) else passages
    vectors = Vectors(both, passages, rows=np.array(rows, dtype=np.intp))
    # A title holds the file's name, of which the words are told apart.
    apart, corpus = str.maketrans("_/.-", "    "), index.corpus
    titles = [
        " ".join((corpus.source_by_id[one.source_id].title.translate(apart), *one.heading_path))
        for one in corpus.passages
    ]
    return Sentences(corpus.passages, vectors, lexicon.rarity, titles)


def _refuse(filters: Filters) -> None:
    """Refuse filters: a corpus of which only the text is known has nothing to narrow by."""
    if filters != NO_FILTERS:
        raise QuestionError("A corpus of your own has nothing to filter by; ask without filters.")


class LibraryTier:
    """Answers from framework and guidance as ever, and apart from that from one library."""

    def __init__(self, main: Assistant, library: Library) -> None:
        """Open a library beside an assistant, with its models; `LibraryError` where it is empty."""
        files = library.held()
        if not files:
            raise LibraryError(
                f"The library {library.name} holds nothing; fill it with: signpost ingest PATH"
                f" --library {library.name}"
            )
        corpus = corpus_of(files)
        try:
            index = Index.open(corpus, main.embedder, library.settings)
        except IndexMismatch:
            raise LibraryError(
                f"The library {library.name} was indexed by another release or with another model; "
                f"take its files in again: signpost ingest PATH --library {library.name}"
            ) from None
        self._own = Foreign(index, main.settings, reader=main.reader)
        self.main, self.name, self.build = main, library.name, index.manifest.build
        self.corpus = beside(main.corpus, corpus)

    def warm(self) -> None:
        """Load now what the first question would load."""
        self.main.warm()
        self._own.warm()

    def near(self, topic: str) -> tuple[float, dict[str, float]]:
        """Return what `Answerer.near` does, of what ships."""
        return self.main.near(topic)

    def find(
        self, text: str, k: int, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Found:
        """Return the passages that fit best: `k` of what ships, then `k` of the library."""
        rest, asks_main, asks_library = _parted(filters)
        found = self.main.find(text, k, turns, rest) if asks_main else None
        if not asks_library or (found and found.signposting and not found.hits):
            return found or Found(hits=())
        own = self._own.find(text, k, turns)
        hits = (*(found.hits if found else ()), *own.hits)
        signposting = found.signposting if found else own.signposting
        return Found(hits=ranked(hits), signposting=signposting)

    def hear(self, text: str) -> Heard:
        """Triage words that are no question, such as a comment on an answer."""
        return self.main.hear(text)

    def write(self, question: Question) -> None:
        """Give nothing: an answer with a library is shown when it is whole."""
        del question

    def ask(self, question: Question, today: date | None = None) -> Answer:
        """Answer a question from what ships, and apart from that from the library."""
        return self._both(question, self.main.ask, self._own.ask, today)

    def quoted(self, question: Question, today: date | None = None) -> Answer:
        """Answer like `ask`, in the sources' own words whatever model is set."""
        return self._both(question, self.main.quoted, self._own.quoted, today)

    def _both(self, question: Question, main: _Asks, library: _Asks, today: date | None) -> Answer:
        rest, asks_main, asks_library = _parted(question.filters)
        bare = question.model_copy(update={"filters": NO_FILTERS})
        if not asks_main:
            return self._told(library(bare, today), question)
        answer = main(question.model_copy(update={"filters": rest}), today)
        if answer.status in ("safeguarding", "declined"):
            return answer
        answer = self._told(answer, question)
        return _joined(answer, library(bare, today), self.name) if asks_library else answer

    def _told(self, answer: Answer, question: Question) -> Answer:
        """Return an answer with the edition that it cites, and the filters that were asked for."""
        provenance = answer.provenance.model_copy(update={"corpus": self.corpus.digest})
        return answer.model_copy(update={"provenance": provenance, "filters": question.filters})


@lru_cache(maxsize=2)
def _opened(main: Assistant) -> dict[str, LibraryTier]:
    """Return the libraries that were opened beside an assistant, by name."""
    return {}


def open_library(main: object, library: Library) -> LibraryTier:
    """Return a library as it is now beside what answers; all who ask it share what was opened.

    Who asks must be allowed to see it. `LibraryError` where it holds nothing, or what answers is
    passages of somebody else's.
    """
    if not isinstance(main, Assistant):
        raise LibraryError(
            "This home answers from passages of your own, beside which there is no library; "
            "for the corpus that ships, run: signpost index build"
        )
    build = store_of(library.settings).pointer().current
    with _OPENING:
        tiers = _opened(main)
        if library.name not in tiers or tiers[library.name].build != build:
            tiers[library.name] = LibraryTier(main, library)
        return tiers[library.name]


def _parted(filters: Filters) -> tuple[Filters, bool, bool]:
    """Return filters for what ships, and whether it and the library are asked.

    What narrows by the framework's own kinds leaves nothing of documents, which declare none.
    """
    tiers = filters.tiers
    rest = tuple(one for one in tiers if one != "document")
    framed = filters.pillars or filters.facets or filters.audience
    asks_library = not framed and (not tiers or "document" in tiers)
    return filters.model_copy(update={"tiers": rest}), not tiers or bool(rest), asks_library


def _joined(answer: Answer, own: Answer, name: str) -> Answer:
    """Set the library's answer beside that of what ships, each under headings of its tier.

    What the library answers outright leads: of 111 questions on what ships it answered none.
    """
    said = [statement for statement in own.statements if statement.citations]
    speaks = "The framework and the guidance notes do not speak of "
    first = tuple(
        one.model_copy(update={"text": one.text.replace(_UNNAMED, speaks)})
        if one.kind == "note"
        else one
        for one in answer.statements
    )
    is_empty = answer.is_closest and all(one.kind == "note" for one in first)
    # What comes closest is left out where what was asked for is there.
    is_less = answer.is_closest and own.status == "answered"
    if own.is_given and (is_empty or is_less or not answer.is_given):
        how = " outright" * (is_less and not is_empty)
        first = (told(f"The framework and the guidance notes do not answer this{how}."),)
    if own.is_closest:
        closest = f"The library {name} does not say this outright. The closest it comes:"
        said = [_named(statement, closest) for statement in said]
    if not own.is_given:
        # Beside an answer of the sources that ship, so that nobody takes silence for neglect.
        cited = own.nearest[:1] if answer.is_given else ()
        nearest = f"The library {name} does not answer this; what comes nearest in it"
        said = [told(f"{nearest} is cited.", cited)] if cited else []
        if cited and answer.status != "answered":
            # Its words are shown where nothing else answers.
            words = told(cited[0].quote, cited)
            shown = words.model_copy(update={"kind": "document", "verdict": "supported"})
            said = [told(f"{nearest}:", cited), shown]
    headed = _headed(said, f"In the library {name}")
    statements = (*first, *headed)
    if own.is_given and own.status == "answered":
        # A note on what the others lack stands under what answers.
        lacking = first if all(one.kind == "note" for one in first) else ()
        shipped = () if lacking else _headed(first, "In the framework and the guidance notes")
        statements = (*said[:1], *lacking, *headed[1:], *shipped)
    answers = [one for one in (answer, own) if one.is_given]
    outright = [one for one in answers if one.status == "answered" and not one.is_closest]
    leading = next(iter((*outright, *answers)), answer)
    composer = CLOSEST if leading.is_closest else f"{answer.provenance.composer}+{BESIDE}"
    return answer.model_copy(
        update={
            "status": leading.status,
            "reason": leading.reason,
            "confidence": leading.confidence,
            "statements": statements,
            "dropped": (*answer.dropped, *own.dropped),
            "hits": ranked([*answer.hits, *own.hits]),
            "nearest": () if answers else (*answer.nearest, *own.nearest),
            "provenance": answer.provenance.model_copy(update={"composer": composer}),
        }
    )


def _headed(said: Iterable[Statement], heading: str) -> list[Statement]:
    """Return statements, those that stand under no heading under one."""
    return [one.model_copy(update={"section": one.section or heading}) for one in said]


def _named(statement: Statement, said: str) -> Statement:
    """Return a statement; of the note that opens what comes closest, which sources are meant."""
    opens = statement.kind == "note" and statement.text.endswith((_CLOSEST, OPEN[1:]))
    return statement.model_copy(update={"text": said}) if opens else statement
