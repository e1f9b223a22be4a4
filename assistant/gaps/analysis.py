"""The analysis: a plan held against a framework, item by item, with its own words as evidence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import groupby, repeat
from typing import Self

from assistant.answering.sentences import Sentence
from assistant.errors import GapError
from assistant.gaps import evidence
from assistant.gaps.evidence import Yardstick, places_of, shared_words, statement_of
from assistant.gaps.findings import Finding, Gaps, Guide, Judgement, Part, Partner, Quote
from assistant.gaps.judge import Judge, Verdict
from assistant.home import sha256_of_file
from assistant.retrieval.encoder import PAIRS, Matrix, PairModel
from assistant.retrieval.models import Embedder, embed_kept, ready_embedder
from assistant.settings import Settings
from assistant.understanding.lexicon import contains, content_stems, stems_of, words_of
from corpus.passage import digest_of
from corpus.readers.documents import Document
from corpus.readers.notes import OWN, Note
from corpus.readers.page import PlanSentence
from corpus.structure.graph import Item
from corpus.whole import Whole

PLAN = "plan"  # Id of the plan as a source; its passages are numbered behind it.

QUOTES, GUIDES, LACKED, SHORTEST = 3, 2, 6, 2
"""Quotes and notes of an item, and words of the framework that a reason names, at most; sentences
from which a part of a plan may be told to answer nothing."""

Left = Callable[[], bool]  # Whether whoever waits has gone.
MOST = 4_000  # Sentences of a plan and its earlier edition: the minute that others wait at most.


@dataclass(frozen=True)
class Analyst:
    """Holds plans against a framework."""

    whole: Whole
    yardstick: Yardstick
    judge: Judge
    embedder: Embedder
    pairs: PairModel

    @classmethod
    def open(cls, settings: Settings, whole: Whole, rows: Sequence[PlanSentence]) -> Self:
        """Load the model, which needs no index; `ModelError` or `StoreError` where it cannot."""
        embedder = ready_embedder(settings)
        encode = partial(embed_kept, embedder, settings.home)
        yardstick = Yardstick.of(whole.framework, rows, encode)
        judge = Judge.shipped(plain=not rows)
        return cls(whole, yardstick, judge, embedder, PairModel(settings))

    def analyse(
        self, plan: Document, earlier: Document | None = None, *, left: Left | None = None
    ) -> Gaps:
        """Hold a plan against the framework, and an edition before it, to say what changed.

        `GapError` where they have too many sentences, or whoever waits for it has `left`.
        """
        framework = self.whole.framework
        places = places_of(plan.passages(PLAN))
        older = places_of(earlier.passages(PLAN)) if earlier else ()
        if (count := len(places) + len(older)) > MOST:
            most = f"at most {MOST:,} are read at once"
            raise GapError(f"There are {count:,} sentences to read; {most}. Send parts of it.")
        verdicts = self._verdicts(places, left)
        before = self._verdicts(older, left) if earlier else repeat(None)
        findings = [
            self._finding(item, verdict, was.judgement if was else None, places)
            for item, verdict, was in zip(self.yardstick.items, verdicts, before, strict=False)
        ]
        tops = dict.fromkeys(one.group for one in findings)
        kinds = dict.fromkeys(one.kind for one in findings)
        return Gaps(
            plan=plan.title,
            file=plan.name,
            sha256=plan.sha256,
            sentences=len(places),
            framework=framework.name,
            edition=digest_of([framework.source, *framework.passages]),
            groups=tuple((one, framework.item(one).label) for one in tops),
            kinds=tuple((one, framework.kind_by_id[one].plural) for one in kinds),
            findings=tuple(findings),
            partners=tuple(self._partners(places)),
            unmatched=tuple(self._unmatched(verdicts, places)),
            remarks=plan.remarks,
            made_with={
                "judge": digest_of([self.judge]),
                "pairs": sha256_of_file(PAIRS),
                "encoder": self.embedder.weights_sha256,
            },
            day=datetime.now(UTC).date().isoformat(),
            earlier=f"{earlier.title} ({earlier.name})" if earlier else "",
        )

    def _verdicts(self, places: Sequence[Sentence], left: Left | None) -> list[Verdict]:
        def encode(texts: Sequence[str]) -> Matrix:
            if left and left():
                raise GapError("Nobody waits for this analysis.")
            return self.embedder.embed_all(texts)

        reading = self.judge.direction, encode, self.pairs.run
        return list(map(self.judge.judge, evidence.evidence_of(places, self.yardstick, *reading)))

    def _finding(
        self, item: Item, verdict: Verdict, before: Judgement | None, places: Sequence[Sentence]
    ) -> Finding:
        likely = [one for one in verdict.sentences if one.chance >= self.judge.says_from]
        shown = likely[:QUOTES] or verdict.sentences[:1]
        quotes = tuple(_quote(places[one.place], one.chance) for one in shown)
        found = verdict.judgement != "not_found"
        return Finding(
            item_id=item.id,
            kind=item.kind,
            group=self.whole.framework.top(item.id).id,
            label=item.label,
            judgement=verdict.judgement,
            score=round(verdict.addressed, 3),
            touched=round(verdict.touched, 3),
            reason=_reason(item, verdict, quotes, len(likely)),
            quotes=quotes if found else (),
            nearest=() if found else quotes[:1],
            wants=": ".join(filter(None, (item.title, item.description))),
            guides=tuple(self._guides(item)),
            before=before,
        )

    def _guides(self, item: Item) -> Iterator[Guide]:
        """Yield the notes on an item, or on what it is linked to, and the sentence nearest it."""
        links = self.whole.framework.links_of(item.id)
        linked = [link.target if link.source == item.id else link.source for link in links]
        found: dict[str, Note] = {}
        for wanted in (item.id, *linked):
            about = [note for note in self.whole.notes if wanted in note.front.capabilities]
            about.sort(key=lambda n: (n.front.capabilities[0] != wanted, len(n.front.capabilities)))
            found |= {note.front.id: note for note in about}
        for note in [*found.values()][:GUIDES]:
            texts = [
                span.of(passage.text)
                for passage in note.passages
                for span, grounds in zip(passage.sentences, passage.grounds, strict=True)
                if not {OWN, item.id} & {*grounds}
            ]
            says = ""
            if texts:
                says = texts[int(shared_words(texts, [statement_of(item)])[:, 0].argmax())]
            title, summary = note.front.title, note.front.summary
            yield Guide(source_id=note.source.id, title=title, summary=summary, says=says)

    def _partners(self, places: Sequence[Sentence]) -> Iterator[Partner]:
        stems = [stems_of(one.text) for one in places]
        framework = self.whole.framework
        for entity in framework.entities:
            naming = [one for one in framework.items if entity.id in one.entities]
            forms = [stems_of(one) for one in (entity.label, *entity.words)]
            quotes = [
                _quote(place, 1.0)
                for place, held in zip(places, stems, strict=True)
                if any(contains(held, form) for form in forms)
            ]
            yield Partner(
                id=entity.id,
                label=entity.label,
                groups=tuple(dict.fromkeys(framework.top(one.id).id for one in naming)),
                quotes=tuple(quotes[:QUOTES]),
            )

    def _unmatched(self, verdicts: Sequence[Verdict], places: Sequence[Sentence]) -> Iterator[Part]:
        """Yield the parts of which no sentence says, as likely as not, what an item does."""
        weighed = (one for verdict in verdicts for one in verdict.sentences)
        said = {one.place for one in weighed if one.chance >= self.judge.says_from}
        for _, some in groupby(enumerate(places), key=lambda one: one[1].passage.heading_path):
            numbers = [number for number, _ in some]
            if len(numbers) >= SHORTEST and said.isdisjoint(numbers):
                yield Part(sentences=len(numbers), opening=_quote(places[numbers[0]], 0.0))


def _quote(place: Sentence, score: float) -> Quote:
    """Quote a sentence, with its page and the heading above it."""
    passage, span, _ = place
    above = [heading for heading in passage.heading_path[-1:] if heading not in passage.locator]
    return Quote(
        text=place.text,
        passage_id=passage.id,
        start=span.start,
        end=span.end,
        where=passage.locator + "".join(f", “{heading}”" for heading in above),
        score=round(score, 3),
    )


def _reason(item: Item, verdict: Verdict, quotes: Sequence[Quote], likely: int) -> str:
    if verdict.judgement == "not_found":
        return "Even the nearest sentence of the plan is not likely to speak of it."
    held = {stem for one in quotes for stem in content_stems(one.text)}
    words = dict.fromkeys(word for word, _, _ in words_of(statement_of(item)))
    lacked = [word for word in words if not held.issuperset(content_stems(word))]
    named = ", ".join(lacked[:LACKED])
    without = f" The quotes do not have these words of the framework: {named}." if named else ""
    if verdict.judgement == "addressed":
        count = f"{likely} sentences say" if likely > 1 else "a sentence says"
        return f"In the plan {count} what the framework does, as far as the quotes show.{without}"
    return f"The plan comes near it, but does not clearly say what the framework does.{without}"
