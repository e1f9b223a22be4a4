"""From a question to drafts: the framework's own answer to each thing asked, guidance beside it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property, lru_cache, partial

import numpy as np

from assistant.answering import decide, structured
from assistant.answering.answerability import Gate
from assistant.answering.guidance import MOST, Guidance, Heard, Told
from assistant.answering.narrowing import FILTERED, Narrowing
from assistant.answering.page_search import BESIDE, CLEARLY, GUIDED, LINKED, PageSearch, lacking
from assistant.answering.precedents import Precedents
from assistant.answering.sections import Sections
from assistant.answering.sentences import Sentences, Vectors, shipped_adapter, turned
from assistant.answering.structured import EXTRACTIVE, Extractive, Structured
from assistant.answering.suggestions import Suggestions
from assistant.citing.citations import cite_from, note
from assistant.draft import is_unanswered
from assistant.errors import ModelError
from assistant.records import NO_FILTERS, Choice, Draft, Filters, Scope, Statement, cited_in
from assistant.retrieval.encoder import SHIPPED, Scores, Vector
from assistant.retrieval.models import embed_kept
from assistant.retrieval.search import Retriever
from assistant.retrieval.wordings import question_ids, sentence_ids
from assistant.understanding.framework_reader import STANDS, SURE, FrameworkReader
from assistant.understanding.lexicon import Lexicon, Spelling
from assistant.understanding.linking import Linker
from assistant.understanding.naming import COMPARES, Names, entity_terms, sides_of
from assistant.understanding.reader import ENOUGH, Reader
from assistant.understanding.reading import (
    SURELY,
    Query,
    Reading,
    Request,
    Side,
    Understood,
    is_of_all,
    is_sought,
    query_of,
    restated,
)
from corpus.checks.orders import is_order, without_orders
from corpus.text import quoted
from corpus.whole import Whole

KEPT = 8  # Vectors that are kept, of the texts that were embedded last, and what is told of them.
HEARD = 3  # Turns before, the last ones, whose notes are preferred.
DOUBTED = 0.04
"""Probability from which guidance is looked at, although the framework's structure answers."""

PLACED = frozenset({"item", "absent", "entity", "kind", "description", "framework"})
"""Sorts of thing whose name says that the framework is asked."""

SEARCHED = frozenset({"framework", "kind"})
"""Sorts of thing whose name says that its page is searched."""

EVEN = 0.5
"""Probability of asking nothing of a framework that is named, below which its page is searched."""

DECLINED = "requests-2"  # Name and version of what declines, for an answer's provenance.
LONGEST_TURN = 12  # Words up to which what leans on an earlier turn, and has none, is asked back.
MOST_NARROWINGS = 32  # Filters of which it is kept what they leave.
ASKING_BACK = "asking-2"  # Name and version of what asks back, for an answer's provenance.


class Answering:
    """Answers whole questions, from the framework and from guidance, under filters or without."""

    def __init__(
        self, whole: Whole, retriever: Retriever, k: int, gate: Gate, reader: Reader
    ) -> None:
        """Put readers and composers together around an open retriever."""
        framework, glossary = whole.framework, whole.glossary
        self._framework = framework
        self._whole = whole
        self._corpus = whole.corpus
        self._k = k
        self._retriever = retriever
        self._gate = gate
        # What is read is searched for as well, so the vectors of the last texts are kept.
        self._embed = lru_cache(maxsize=KEPT)(retriever.embedder.embed)
        self._names = Names(framework, glossary, whole.notes)
        self._spelling = Spelling(glossary)
        texts = [passage.text for passage in self._corpus.passages]
        terms = (*glossary.concepts, *entity_terms(framework), *glossary.abbreviations)
        self._lexicon = Lexicon(texts, tuple(self._names.all()), terms)
        embed_names = partial(embed_kept, retriever.embedder, retriever.settings.home)
        linker = Linker(framework, self._embed, embed_names)
        links = retriever.embedder.name == SHIPPED
        self.reader = FrameworkReader(framework, reader, linker, self._named, links=links)
        self._structured = Structured(framework)
        self._extractive = Extractive(framework, self._corpus)
        self._suggestions = Suggestions(whole, retriever)
        self.narrowing = lru_cache(maxsize=MOST_NARROWINGS)(
            lambda filters: Narrowing(filters, framework, self._corpus)
        )
        self._heard = lru_cache(maxsize=KEPT)(
            lambda text: self._guidance.sections.same_note(text, self._embed(text))
        )
        self._mentions = lru_cache(maxsize=KEPT)(
            lambda text: self._names.find(self._lexicon.tokens(text), text)
        )

    def warm(self) -> None:
        """Put together now what the first question of guidance would."""
        _ = self._guidance, self.page
        self._retriever.precedent_model.score("warm", ["warm"])

    def understand(self, text: str, turns: Sequence[str] = ()) -> Understood:
        """Return what a question asks after earlier turns; without a reader, what guidance says."""
        text, *turns = (self._lexicon.mended(one) for one in (without_orders(text) or text, *turns))
        try:
            if turns and self._entry(text) and self.reader.read(text)[0].leaning <= STANDS:
                turns = []
            return self.reader.understand(text, turns)
        except ModelError:
            return Understood((Reading(text=text, operation="other"),), text, carried=False)

    def answer(
        self, text: str, turns: Sequence[str], today: date, filters: Filters = NO_FILTERS
    ) -> tuple[Understood, Draft]:
        """Answer it as it is likeliest meant, by itself or going on with a turn; see `drafts`."""
        understood = self.understand(text, turns)
        alone = decide.join_parts(self.drafts(understood, today, filters))
        lost = alone.status == "not_covered"
        if lost or alone.status == "partial":
            message = self._lexicon.mended(without_orders(text) or text)
            whole = self.reader.uncut(understood, message)
            uncut = decide.join_parts(self.drafts(whole, today, filters)) if whole else alone
            if whole and uncut.status in ("answered", "partial" if lost else ""):
                understood, alone = whole, uncut
        other = None
        if turns and not (
            understood.carried or decide.is_sure(alone) or self._entry(understood.text)
        ):
            with suppress(ModelError):
                other = self.reader.going_on(understood, [*map(self._lexicon.mended, turns)])
        if not other:
            return understood, alone
        after = decide.join_parts(self.drafts(other, today, filters))
        return (other, after) if decide.goes_on(alone, after) else (understood, alone)

    def drafts(
        self, understood: Understood, today: date, filters: Filters = NO_FILTERS
    ) -> list[Draft]:
        """Answer each thing that a question asks.

        Raises:
            QuestionError: the filters name something that is not there.
        """
        only = self.narrowing(filters)
        first, order = understood.readings[0], is_order(understood.text)
        named = self._named_in(first.text)
        unworded = first.request == "unworded"
        if first.request and not (order or "absent" in named or (unworded and named)):
            return [only.cut(self._declined(first.request, understood.text))]
        told = named & {"item", "absent", "entity", "term"}
        linked = first.subjects and first.weight >= LINKED
        short = len(understood.text.split()) <= LONGEST_TURN
        lost = short and first.leans and not (order or told or understood.carried or linked)
        lost = lost and not self._names.sides(first.text).keys() & self._corpus.source_by_id.keys()
        if lost and not self.page.dealing(first.text, CLEARLY):
            # A turn says something only with a turn before it, and has none.
            said = (note("It is not clear what this is about; name it, and ask again."),)
            draft = Draft(status="clarify", reason="ambiguous", scope=Scope(), composer=ASKING_BACK)
            return [draft.model_copy(update={"statements": said})]
        drafts = [self._answered(one, understood, today, only) for one in understood.readings]
        # What stands beside a question may ask nothing; that nothing is found on it is no answer.
        kept = [
            draft
            for one, draft in zip(understood.readings, drafts, strict=True)
            if one.part or one.text.rstrip().endswith("?") or not is_unanswered(draft)
        ]
        return self._guidance.apart(kept or drafts)

    def _answered(self, reading: Reading, whole: Understood, today: date, only: Narrowing) -> Draft:
        """Answer one thing asked, or say why not; how it was read stands beside what is unsure."""
        several = len(whole.readings) > 1
        # What was said after a question, and asks nothing, is not searched for.
        text = whole.text if whole.carried and not several else reading.text
        part = reading.text if several else ""
        # What is compared with the subject of an earlier turn is told of another note as well.
        turns = (*whole.turns[-HEARD:],) if reading.compares < COMPARES else ()
        update = {"sought": reading.sought, "part": part, "before": reading.before, "turns": turns}
        if not reading.before:
            update |= {"sought": text, "core": "" if several else whole.core}
        asked = self._query(reading, text).model_copy(update=update)
        draft = self._narrowed(asked, today, only)
        unsure = reading.certainty < SURE and query_of(reading, text, self._framework)
        if not (unsure and is_unanswered(draft)):
            return draft
        said = restated(reading, self._framework)
        return draft.model_copy(update={"choices": (Choice(label=said, question=said),)})

    def _narrowed(self, asked: Query, today: date, only: Narrowing) -> Draft:
        """Answer a query under filters, or say why not: with a look at what they hide."""
        query = only.query(asked) if only.any else None
        if query is not None:
            draft = only.cut(self._draft(query, today, only))
            draft = only.partly(draft, asked, query)
            if draft.status == "answered":
                return draft
        full = self._draft(asked, today, self.narrowing(NO_FILTERS))
        if query is None:
            # What a question names is left out: nothing is left of its answer.
            gone = ("statements", "hits", "nearest", "completeness", "follow_ups")
            update = dict.fromkeys(gone, ()) | {"status": "not_covered", "reason": FILTERED}
            draft = full.model_copy(update=update)
        return only.settled(draft, full) if only.any else full

    @cached_property
    def page(self) -> PageSearch:
        """What searches the framework's page."""
        return PageSearch(self._whole, self._lexicon, self._retriever, self._in_full)

    def _in_full(self, text: str) -> Vector:
        """Return the vector of a text, its abbreviations said in full."""
        return self._embed(self._spelling.in_full(text))

    @cached_property
    def _guidance(self) -> Guidance:
        """What answers from guidance; a question on the framework's structure does without it."""
        retriever = self._retriever
        every = self._corpus.passages
        guided = [at for at, one in enumerate(every) if one.facets["tier"] == "guidance"]
        passages = [every[at] for at in guided]
        ids, matrix = retriever.wordings("guidance")
        row = {one: at for at, one in enumerate(ids)}
        order = [row[one] for passage in passages for one in sentence_ids(passage)]
        asked = [matrix[[row[one] for one in question_ids(passage)]] for passage in passages]
        adapter = precedents = None
        if retriever.embedder.name == SHIPPED:  # Both were learned for it.
            adapter = shipped_adapter()
            home, scored = retriever.settings.home, retriever.precedent_model.score
            precedents = Precedents.shipped(self._corpus, retriever.embedder, home, scored)
            asked = [turned(one, adapter) for one in asked]
        each = retriever.vectors([one.id for one in passages])
        vectors = Vectors(sentences=matrix[order], passages=each, asked=tuple(asked))
        sections = Sections(
            Sentences(passages, vectors, self._lexicon.rarity),
            self._lexicon,
            lambda text: retriever.scores(text)[guided],
            retriever.pair_model,
            adapter=adapter,
            precedents=precedents,
        )
        return Guidance(self._corpus, sections)

    def _named(self, text: str) -> dict[str, float]:
        return self._names.named(self._mentions(text))

    def _named_in(self, text: str) -> frozenset[str]:
        """Return the sorts of thing that a text names, such as `item`; see `Mention.type`."""
        return frozenset(one.type for one in self._mentions(text))

    def _query(self, reading: Reading, text: str) -> Query:
        """Return what a reading comes to, or else a search for what a text says."""
        settled = self._contradicted(reading, text) or self._anywhere(reading, text)
        if settled := settled or self._compared(reading, text):
            return settled
        if not reading.before and (entry := self._entry(reading.text)):
            matches = self.page.dealing(text)
            return Query(text=text, operation="explain", matches=matches, entry=entry)
        mentions = reading.operation == "mentions"
        # Who asks of the whole page says so, or names what is on it, or asks for its groups.
        placed = bool(reading.subjects or reading.excluded or self._named_in(text) & PLACED)
        of_all = is_of_all(reading, self._framework)
        placed = placed or mentions or (of_all and reading.beside < SURELY)
        sure = reading.certainty >= SURE and placed
        # Who names the framework or a kind of its items, or looks for what it surely deals with,
        # looks there even where that is not quite sure.
        searched = (mentions and reading.beside < EVEN) and bool(
            self._named_in(text) & SEARCHED or self.page.dealing(reading.text, BESIDE)
        )
        mentions = mentions and (sure or searched)
        if sure and not mentions and (query := query_of(reading, text, self._framework)):
            # A turn that leans on the one before it goes on with what that one was about.
            of_all = of_all and "framework" in self._named_in(text)
            beside = 0.0 if of_all or reading.leaning > ENOUGH else reading.beside
            lost = self.page.lost(reading, self._named(reading.text))
            update = {"beside": beside, "unnamed": lost, "matches": self.page.claimed(query)}
            query = query.model_copy(update=update)
            if lost and query.entities and query.subjects:
                # What is no partner by name is not held against a wider sort; all are listed.
                return query.model_copy(update={"operation": "describe", "entities": ()})
            return self.page.on_topic(query, reading, self._exact(text))
        asked = mentions and (searched or reading.certainty > SURE)
        return self.page.search(reading, text, self._named(text), placed=mentions, asked=asked)

    def _compared(self, reading: Reading, text: str) -> Query | None:
        """Return the query for what is told of each side of a comparison."""
        sides = sides_of(reading, self._names, self._lexicon)
        return Query(text=text, operation="explain", sides=sides) if sides else None

    def _contradicted(self, reading: Reading, text: str) -> Query | None:
        """Return what is asked of what there is, where a question names what there is not too."""
        premise = self._names.absent(self._mentions(reading.text))
        if not premise:
            return None
        real = reading.subjects and {*reading.subjects} <= {*self._exact(reading.text)}
        found = query_of(reading, text, self._framework) if real else None
        found = found or Query(text=text, operation="explain", of_page=True)
        return found.model_copy(update={"premise": premise})

    def _anywhere(self, reading: Reading, text: str) -> Query | None:
        """Return the search for what is claimed of the whole page, by the turn's own words."""
        if not is_sought(reading, self._framework):
            return None
        text = reading.text
        if lost := self.page.lost(reading, self._named(reading.text)):
            return Query(text=text, operation="explain", premise=lacking(lost), of_page=True)
        if said := self.page.saying(quoted(text)):
            return self.page.mentioning(reading, text, said)
        return Query(
            text=text, operation="explain", matches=self.page.dealing(text, BESIDE), near=True
        )

    def _entry(self, text: str) -> str:
        """Return the glossary's entry for the one term that a text names, if it asks what it is."""
        named = self._mentions(text)
        if not any(one.type == "term" for one in named):
            return ""
        told = self._lexicon.concepts(self._lexicon.telling(text), text)
        entry = self._names.entry([one.label for one in told], named)
        bare = len(self._lexicon.tokens(text)) == sum(one.last - one.first + 1 for one in named)
        asked = bare or (entry and self._guidance.asks(entry, self._embed(text)))
        return entry if asked else ""

    def _exact(self, text: str) -> list[str]:
        """Return the items that a text names by number, or by their whole name."""
        exact = [one for one, how in self._named(text).items() if how >= 1.0]
        return [one for one in exact if one in self._framework.item_by_id]

    def _declined(self, request: Request, text: str) -> Draft:
        """Say why a message is no question to the sources; what they say nearest is shown."""
        hits = self._retriever.search(text, self._k, vector=self._embed(text))
        return Draft(
            status="out_of_scope",
            reason=request,
            scope=Scope(),
            composer=DECLINED,
            statements=(note(decide.REPLIES[request]),),
            hits=hits,
            nearest=tuple(
                cite_from(self._corpus, hit.passage_id) for hit in hits[: decide.NEAREST]
            ),
        )

    def _draft(self, query: Query, today: date, only: Narrowing) -> Draft:
        """Answer one thing asked: what the framework says, and guidance beside it.

        Args:
            query: the thing asked.
            today: the day on which it is asked.
            only: filters; nothing that they leave out is looked at.
        """
        draft = self._of_framework(query, only)
        settled = only.framed and (not only.guided or self._is_settled(query))
        unsure = query.of_page and query.beside >= DOUBTED
        doubted = only.guided and unsure and query.operation != "explain"
        if settled and not doubted:
            return draft.model_copy(update={"follow_ups": self._suggestions.after(draft, only)})
        sought, vector, own, before = self._leaning(query.sought, query.before)
        hits = self._retriever.search(sought, self._k, only.within("guidance"), vector=vector)
        sides = only.sides(query.sides)
        framed = query.of_page and not (doubted or query.near) and draft.status == "answered"
        told = self._guidance.tell(
            sought,
            own,
            today,
            asked=query.core or query.sought,
            core=self._spelling.in_full(query.core),
            about=frozenset() if doubted else frozenset(cited_in(draft.statements)),
            terms=doubted or not query.of_page,
            only=only,
            part=bool(query.part),
            most=decide.MOST_BESIDE if framed else MOST,
            before=before,
            entries=[Side(passages=(query.entry,))] if query.entry else sides,
            spoken=self._spoken(query.turns),
        )
        told = Told() if is_order(query.text) else told
        guidance = decide.judged(told, self._gate, vector, before[1] if before else None)
        opened = query.entry and query.entry in cited_in(told.statements[:1])
        if opened or (sides and told.statements):
            chance = max(guidance.chance, decide.SURELY)
            guidance = guidance._replace(answers=True, near=True, chance=chance)
        if doubted and guidance.answers and decide.outweighs(guidance.chance, query.beside):
            matches = self.page.dealing(query.text, BESIDE)
            query = Query(text=query.text, operation="explain", matches=matches, near=True)
            draft = self._of_framework(query, only)
        elif settled:
            return draft.model_copy(update={"follow_ups": self._suggestions.after(draft, only)})
        ground = self._ground(query, sought, draft, told, only) if guidance.answers else ()
        decided = decide.decide(draft, guidance, query, hits, ground)
        more = self._suggestions.after(decided, only, vector)
        return decided.model_copy(update={"follow_ups": more})

    def tell(self, text: str, today: date, near: float, core: str = "", before: str = "") -> Told:
        """Return what guidance says in reply to a text, unjudged; for fitting the gate.

        Args:
            text: the question, and what was asked before it.
            core: the words of it that ask, where it tells more besides.
            before: what was asked before it, with which the text ends.
            today: the day on which it is asked.
            near: cosine above which an everyday question of the corpus counts for nothing.
        """
        asked = self._lexicon.mended(text)
        sought, _, own, earlier = self._leaning(asked, self._lexicon.mended(before))
        core = self._lexicon.mended(core)
        full = self._spelling.in_full(core)
        return self._guidance.tell(
            sought, own, today, asked=core or asked, core=full, near=near, before=earlier
        )

    def _leaning(self, text: str, before: str) -> tuple[str, Vector, Vector, Heard | None]:
        """Return what is searched for, its vector, that of its own, what it leans on with its own.

        Abbreviations are said in full, and an item that is named by its number by its title. Of
        what leans on an earlier turn its own words count for as much as all of them.
        """
        titles = [self._framework.item(one).title for one in self._exact(text)]
        unsaid = [one for one in titles if one and one.lower() not in text.lower()]
        sought = self._spelling.in_full(" ".join((*unsaid, text)))
        vector = self._embed(sought)
        if not before:
            return sought, vector, vector, None
        both = vector + self._in_full(text.removesuffix(before))
        own = both / np.linalg.norm(both)
        return sought, vector, own, (before, self._in_full(before))

    def _spoken(self, turns: Sequence[str]) -> list[Scores]:
        """Return which sections are of the note on each turn with the one before it."""
        said = [*map(self._lexicon.mended, turns)]
        both = (f"{turn} {one}".strip() for one, turn in zip(("", *said), said, strict=False))
        return [self._heard(self._spelling.in_full(one)) for one in both]

    def _ground(
        self, query: Query, sought: str, draft: Draft, told: Told, only: Narrowing
    ) -> tuple[Statement, ...]:
        """Quote what bears on a question of what guidance rests on, or surely deals with it."""
        guided = query.beside >= GUIDED
        apart = guided and not (query.entry or self._named_in(sought) & (SEARCHED | {"item"}))
        if query.sides or apart:  # Its sides are told, or guidance is; nothing besides.
            return ()
        known = {*told.rests} | (told.bears & {*cited_in(draft.statements)})
        if not query.entry:
            known &= {*self._exact(sought), *self.page.dealing(sought)}
            surely = {*self.page.dealing(sought, BESIDE)}
            known |= surely & told.bears if guided else surely
        items = known & self._framework.item_by_id.keys()
        return self._extractive.ground({one for one in items if only.shows(one)})

    def _is_settled(self, query: Query) -> bool:
        """Tell whether the framework alone answers: its structure, or what is untrue of it.

        Who asks for a kind of item is given all of them, and nothing else.
        """
        settling = ("inverse", "negate", "verify", "count")
        claimed = query.operation == "verify" and query.description
        asked = (query.operation in settling and not claimed) or bool(query.kinds)
        found = query.operation == "explain" and query.beside < DOUBTED and bool(query.matches)
        found = found and not (query.near or query.subjects)
        return bool(query.premise) or (query.of_page and (asked or found))

    def _of_framework(self, query: Query, only: Narrowing) -> Draft:
        """Answer from the framework alone; refuse where filters leave it out."""
        scope = query.scope(self._framework)
        if not only.framed:
            return Draft(status="not_covered", reason=FILTERED, scope=scope, composer=EXTRACTIVE)
        real = not query.premise or query.subjects
        composed = self._structured.compose(query) if real else None
        if composed is None:
            text, vector = query.text, self._in_full(query.text)
            hits = self._retriever.search(text, self._k, only.within("framework"), vector=vector)
            return only.cut(self._extractive.compose(query, scope, hits))
        if query.reasons:
            composed.statements.insert(0, note(structured.NO_REASON))
            composed.refuse("partial", "coverage_gap")
        draft = only.cut(composed.draft(scope, structured.COMPOSER))
        if query.premise:
            told = note(query.premise)
            return draft.model_copy(update={"statements": (told, *draft.statements)})
        if query.unnamed:
            told = note(lacking(query.unnamed))
            if not (query.subjects or query.entities or query.matches):
                # What the whole page has does not answer what is claimed of something it lacks.
                refused = {"status": "not_covered", "reason": "false_premise", "completeness": ()}
                return draft.model_copy(update=refused | {"statements": (told,)})
            draft = draft.model_copy(update={"statements": (told, *draft.statements)})
        if draft.status != "not_covered":
            return draft
        # What a refusal is about is cited, for a reader to judge.
        about = [one for one in scope.subjects if one not in cited_in(draft.statements)]
        nearest = tuple(cite_from(self._corpus, one) for one in about)
        return draft.model_copy(update={"nearest": nearest})
