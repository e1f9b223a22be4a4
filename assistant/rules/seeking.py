"""The words of a question that guidance is searched for."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.rules.parts import Parts
from assistant.understanding.spelling import Spelling


class Seeking:
    """Puts a question as it is best sought."""

    def __init__(self, parts: Parts, titles: Mapping[str, str], spelling: Spelling) -> None:
        """Keep what a question's words are held against.

        Args:
            parts: takes questions apart.
            titles: of the framework's items by id.
            spelling: says abbreviations in full.
        """
        self._parts = parts
        self._titles = titles
        self._spelling = spelling

    def in_full(self, text: str) -> str:
        """Return the words to embed: those to search for, with abbreviations in full."""
        return self._spelling.in_full(self.words(text))

    def words(self, text: str) -> str:
        """Return the words to search guidance for.

        Who asks a page for something leaves the page out, and an item that is named by its number
        is sought by its title.
        """
        words = self._parts.words(text)
        sure = [one.ids[0] for one in words.mentions if one.type == "item" and one.sure]
        named = [self._titles[one] for one in sure if self._titles.get(one)]
        unsaid = [title for title in named if title.lower() not in text.lower()]
        if unsaid:
            left = words.topic("framework", "excluded", "item", "kind", "description")
            return " ".join([*unsaid, *(token.word for token in left)])
        return (words.between(0, len(text)) if words.of_page else "") or text
