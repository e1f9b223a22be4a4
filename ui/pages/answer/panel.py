"""The source panel: a passage with the quoted words marked, and whose words they are."""

from __future__ import annotations

from assistant.records import Citation
from corpus.passage import Corpus
from ui.look.templates import render
from ui.words.footnotes import Footnote


def source_panel_as_html(
    citation: Citation, corpus: Corpus, *, number: int = 1, last: int = 1
) -> str:
    """Return the panel of one citation: the passage with the quote marked, and whose words it is.

    Args:
        citation: The citation.
        corpus: The edition that it cites.
        number: Its number in the answer; its id is `cite-` and this.
        last: The highest number in the answer, for the links to the panels before and after.
    """
    return panel(Footnote.of(citation, corpus, number=number), last, corpus.digest)


def panel(footnote: Footnote, last: int, edition: str = "") -> str:
    """Return the panel of a footnote.

    Args:
        footnote: what is cited.
        last: the highest number in its answer.
        edition: digest of the corpus that it was cited from; shown where the source has no edition
            of its own.
    """
    return render("panel/panel", note=footnote, last=last, edition=edition)
