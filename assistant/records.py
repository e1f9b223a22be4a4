"""The records of a question's way through the house: Question, Hit, Citation, Statement, Answer."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field

from corpus.passage import Lines, Record, Reference, Tier

Status = Literal[
    "answered", "partial", "not_covered", "clarify", "out_of_scope", "declined", "safeguarding"
]
"""What became of a question."""

CLOSEST = "closest-1"
"""Name and version of what composes an answer of what comes closest, for its provenance."""

Operation = Literal[
    "describe", "list", "count", "compare", "inverse", "negate", "verify", "define", "explain",
    "locate",
]  # fmt: skip
"""What is asked of the subjects."""

Relation = Literal["", "direct", "related", "shared"]  # How a statement bears on the subject.

MOST_NAMES = 32  # Names that a filter may have.
LONGEST_NAME = 80  # Characters that such a name may have.

Names = Annotated[
    tuple[Annotated[str, Field(max_length=LONGEST_NAME)], ...], Field(max_length=MOST_NAMES)
]
"""What one filter names."""


class Filters(Record):
    """What an answer is to be narrowed to; an empty field narrows nothing."""

    pillars: Names = ()
    """Ids of items at the top of the framework's structure: `gsr:P3`."""

    facets: Names = ()
    """Kinds of thing that the framework lists, named as in `Scope.facets`: `outcomes`."""

    tiers: Annotated[tuple[Tier, ...], Field(max_length=MOST_NAMES)] = ()
    """Tiers of sources."""

    audience: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    """Whom guidance is to serve, as notes name it: `trainer`; the framework serves everyone."""


NO_FILTERS = Filters()  # What leaves all of a corpus.


class Question(Record):
    """What a user typed, and what the same user typed before."""

    text: str
    """The question as typed."""

    turns: tuple[str, ...] = ()
    """Earlier questions of the same conversation, oldest first."""

    filters: Filters = NO_FILTERS
    """What the answer is to be narrowed to."""

    policy: bool = False
    """Whether the asker says that a message which was withheld is a policy question."""


class Hit(Record):
    """A passage that was found, and why."""

    passage_id: str
    """The passage."""

    rank: int
    """Place in the list, from 1."""

    score: float
    """Fused score, larger is better; comparable within one list only."""

    ranks: dict[str, int]
    """Place in each list that it was fused from: `{"dense": 3, "bm25": 1}`; or in the answer, for
    a passage that the framework's structure led to: `{"structure": 2}`."""


class Citation(Record):
    """Words of a source that a statement rests on: `passage.text[start:end] == quote`, always."""

    passage_id: str
    """The passage."""

    source_id: str
    """Its source."""

    start: int
    """First character in the passage's text."""

    end: int
    """One past the last character."""

    quote: str
    """The words, verbatim from the passage's text."""

    locator: str
    """Where a reader finds it in the source: `lines 145-147`."""

    tier: Tier
    """The tier of its source."""

    lines: Lines | None = None
    """Source lines, where the source is a page of lines."""

    printed: str = ""
    """The passage's words as printed, where they differ from its text."""

    doubts: tuple[str, ...] = ()
    """One sentence for each doubt about the words as printed."""

    grounds: tuple[str, ...] = ()
    """What the words rest on in their turn: ids of `references`, of passages of the framework, or
    `signpost` for a judgement of ours; empty where they are the source's own."""

    references: tuple[Reference, ...] = ()
    """The published works among `grounds`."""


class Statement(Record):
    """One sentence of an answer, with what it rests on."""

    text: str
    """The sentence."""

    kind: Literal["framework", "guidance", "document", "note"]
    """Tier of the words, or `note` for Signpost's own sentence about the structure."""

    citations: tuple[Citation, ...]
    """What it rests on; empty only for a note."""

    section: str = ""
    """Heading that it stands under; empty for what opens an answer."""

    relation: Relation = ""
    """How it bears on the subject: it speaks directly to it by an inferred link (`direct`), it is
    the subject's own or was selected by relevance (`related`), or it is tied to a parent that the
    subject shares with others (`shared`)."""

    as_of: str = ""
    """Day as of which it holds, ISO 8601, for figures and legal status that change."""

    past_review: bool = False
    """Whether its source should have been looked at again before the day of the question; such a
    statement enters no brief, session or quiz."""

    verdict: Literal["supported", "partial", "unsupported", "structural", "unchecked"] = "unchecked"
    """What the checker says; `structural` for a note, which is derived and not quoted, `partial`
    for words that the citations carry in part."""

    support: float | None = None
    """How well the citations carry the sentence, 0 to 1; none where nothing was checked."""


def cited_in(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Return the ids of the passages that statements cite, each once, in reading order."""
    ids = (citation.passage_id for said in statements for citation in said.citations)
    return tuple(dict.fromkeys(ids))


class Completeness(Record):
    """How many there are of something, and how many of them the answer lists."""

    facet: str
    """Kind of thing: `outcomes`."""

    group: str
    """Whose: the id of an item, or of the source for the whole page."""

    listed: int
    """How many the answer lists."""

    total: int
    """How many the source has."""

    label: str = ""
    """What `total` of them are called: `outcomes`, or `partner` for one."""


class Scope(Record):
    """What a question was understood to ask, in ids."""

    subjects: tuple[str, ...] = ()
    """Items that it is about."""

    groups: tuple[str, ...] = ()
    """Items at the top of the structure that the subjects stand under."""

    facets: tuple[str, ...] = ()
    """Kinds of thing asked for."""

    operation: Operation = "explain"
    """What is asked of them."""


class Part(Record):
    """One of several things that a question asks."""

    scope: Scope
    """What was understood."""

    status: Status
    """What became of it."""


class Dropped(Record):
    """A statement that was left out because its citations do not carry it."""

    text: str
    """The statement."""

    reason: str
    """Why it was left out, as one sentence."""


class Service(Record):
    """Somewhere to turn to."""

    name: str
    """Name of the service."""

    purpose: str
    """Whom it is for."""

    region: str
    """Where it works."""

    hours: str = ""
    """When it is open; empty where it did not say."""

    url: str
    """Its own page."""

    as_of: str
    """Day on which the entry was checked, ISO 8601."""


class Signposting(Record):
    """Reviewed text for a message that is no policy question."""

    case: str
    """Letter of the safeguarding case."""

    text: str
    """The reviewed text."""

    services: tuple[Service, ...]
    """Services that fit."""


class Found(Record):
    """What a search gives."""

    hits: tuple[Hit, ...]
    """Passages, best first; none where the message is no policy question."""

    signposting: Signposting | None = None
    """Reviewed text, where the message is no policy question or may be none."""


Cause = Literal[
    "timeout", "refused", "rate_limited", "overflow", "malformed", "empty", "endless", "language",
    "unsupported", "failed", "cancelled", "personal",
]  # fmt: skip
"""Why no word of a model stands in an answer: it took too long, could not be reached, asked for
fewer calls, found the question too long, wrote without citations, wrote nothing, did not stop,
wrote another language, wrote nothing that its sources carry, failed otherwise, was called off, or
was not asked since the question holds personal data."""


class Wording(Record):
    """What a language model did for an answer whose content was settled before."""

    model: str
    """Its name, as in the settings."""

    cause: Cause | Literal[""] = ""
    """Why every sentence is the sources' own, or, of an answer that was shown as it grew, each that
    came later; empty where the model's stand."""

    calls: int = 0
    """Times that it was called, at most 2."""

    kept: int = 0
    """Sentences that stand as it wrote them at first."""

    retried: int = 0
    """Sentences that stand as it wrote them when it was told what was wrong."""

    copied: int = 0
    """Quotes that it wrote down as they are."""

    replaced: int = 0
    """Quotes that stand verbatim because what it wrote of them was not carried."""

    put_back: int = 0
    """Quotes that stand verbatim because it left them out."""


class Rewriting(Record):
    """What a language model did for a turn of which it was unsure what it asks."""

    model: str
    """Its name, as in the settings."""

    cause: Cause | Literal[""] = ""
    """Why the question stands as it was understood without a model: `unsupported` where it wrote
    what was not said; empty where `resolved_question` is the model's."""


class Provenance(Record):
    """What an answer was made with, so that it can be made again."""

    corpus: str
    """Digest of the corpus edition."""

    settings: str
    """Digest of the settings that can change an answer."""

    embedder: str
    """Name of the embedding model."""

    weights: str
    """SHA-256 of its weights file."""

    composer: str
    """Which composer made the draft."""

    checker: str
    """Which checker gave the verdicts."""

    time: str
    """When, ISO 8601 in UTC."""

    wording: Wording | None = Field(default=None, exclude_if=lambda held: held is None)
    """What a language model did, where one is set; left out of the JSON where none is."""

    rewriting: Rewriting | None = Field(default=None, exclude_if=lambda held: held is None)
    """What a language model did for the question; left out of the JSON where it was not asked."""


class Choice(Record):
    """One reading of a question that has several."""

    label: str
    """What to call it."""

    question: str
    """The complete question that it stands for."""


class Content(Record):
    """What is said in reply to a question: what drafts and answers have in common."""

    status: Status
    """What became of the question."""

    reason: str
    """Why, for every status but `answered`: one word such as `coverage_gap`."""

    scope: Scope
    """What was understood; the union over `parts`."""

    parts: tuple[Part, ...]
    """One for each thing asked, where a question asks several."""

    statements: tuple[Statement, ...]
    """In reading order, sections together."""

    completeness: tuple[Completeness, ...]
    """How many of each thing are listed, of how many: one for each facet and group."""

    hits: tuple[Hit, ...]
    """The evidence; every cited passage is among that of an answer."""

    nearest: tuple[Citation, ...]
    """The closest passages, where there is no answer."""

    follow_ups: tuple[str, ...]
    """Questions that the corpus can answer next."""

    choices: tuple[Choice, ...] = ()
    """Readings to choose from, where the question has several; the next turn may pick one."""

    confidence: float | None = None
    """How likely it was judged that the closest passages answer the question, 0 to 1: an answer is
    given from a fitted threshold on. None where the structure decides, or nothing was found."""

    @property
    def is_given(self) -> bool:
        """Whether the question is answered, in full or in part."""
        return self.status in ("answered", "partial")


class Draft(Content):
    """What a composer hands to the checker; what it leaves out is empty."""

    reason: str = ""
    parts: tuple[Part, ...] = ()
    statements: tuple[Statement, ...] = ()
    completeness: tuple[Completeness, ...] = ()
    hits: tuple[Hit, ...] = ()
    nearest: tuple[Citation, ...] = ()
    follow_ups: tuple[str, ...] = ()

    composer: str
    """Who composed it."""


class ResolvedQuestion(Record):
    """A question as typed and as understood."""

    question: str
    """The question as typed; empty for a message of which nothing is kept."""

    resolved_question: str
    """The question as understood, with what earlier turns add; likewise. Whether a language model
    read it stands in `provenance.rewriting`."""


class Answer(Content, ResolvedQuestion):  # Fields of the last base come first in the JSON.
    """All that is said in reply to a question."""

    filters: Filters = NO_FILTERS
    """What it was narrowed to."""

    dropped: tuple[Dropped, ...]
    """What the checker left out."""

    signposting: Signposting | None
    """Reviewed text, where the message is no policy question."""

    provenance: Provenance
    """What it was made with."""

    personal: tuple[str, ...] = ()
    """Kinds of personal data that the question seems to hold: `name`, `email`."""

    personal_note: str = ""
    """What the asker is told of that; empty where there is none."""

    @classmethod
    def of(cls, draft: Draft, **rest: object) -> Self:
        """Return a draft as an answer, with the rest of its fields, or others than the draft's."""
        return cls.model_validate({one: getattr(draft, one) for one in Content.model_fields} | rest)

    @property
    def is_closest(self) -> bool:
        """Whether it only shows what comes closest, and says so."""
        return self.provenance.composer == CLOSEST
