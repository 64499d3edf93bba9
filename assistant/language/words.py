"""What the chain needs of a library's words, derived once for each state of the library."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import rjieba

from assistant.language import people
from assistant.language.english import is_english
from assistant.language.question import Question
from assistant.language.spelling import Speller
from assistant.language.vocabulary import actions, simplified, synonyms
from index.errors import UnknownDocument
from index.library import Library

ACTION = 0.5
"""How telling a word for an action is (治理), against one for a subject (黑臭水体)."""


_VERBAL = frozenset("vadil")
"""Parts of speech of words that tell what is done or how: verbs, adjectives, adverbs, idioms."""


class Words:
    """How telling a word is, how it is spelt and what documents write instead; follows the library's changes."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._renew()

    def mended(self, query: str) -> str:
        """``query`` in simplified characters, the wrong ones replaced by what the library's texts suggest.

        In an English one, the people whom the library's texts name are written in Chinese.
        """
        self._refresh()
        if is_english(query):
            return people.written_in_chinese(query, self._people()) if people.may_name(query) else query
        return self._speller.mend(simplified(query))

    def expanded(self, question: Question) -> str:
        """What is searched: the question, and for words that no document holds, what documents write instead.

        A word that the documents do hold finds them better by itself: on ncp, putting the synonyms of every word
        beside it loses document recall.
        """
        terms = [term.text for term in question.terms]
        also = [written for term in terms if self._unknown(term) for written in synonyms().get(term, ())]
        if is_english(question.text):
            also = terms + also
        return " ".join((question.text, *dict.fromkeys(also)))

    def _unknown(self, word: str) -> bool:
        """Whether some pair of the word's characters stands in no document."""
        return any(first + second not in self._lexical for first, second in pairwise(word)) or len(word) == 1

    def weight(self, word: str) -> float:
        """How telling a comparable word is, in (0, 1]: its characters' and pairs' inverse document frequency."""
        return self._weight(word)

    def _refresh(self) -> None:
        if self._library.version != self._version:
            self._renew()

    def _renew(self) -> None:
        self._version = self._library.version
        self._lexical = self._library.lexical
        self._speller = Speller(self._texts, self._lexical.__contains__)
        self._weight = lru_cache(maxsize=50_000)(self._weigh)
        self._people = lru_cache(maxsize=1)(lambda: people.by_pinyin(self._texts()))

    def _texts(self) -> Iterator[str]:
        """The texts of the library as questions are mended: in simplified characters."""
        for one in self._library.documents():
            try:
                text = self._library.document(one.id).text
            except UnknownDocument:  # a writer has taken it away meanwhile
                continue
            yield simplified(text)

    def _weigh(self, word: str) -> float:
        pairs = [word[place : place + 2] for place in range(len(word) - 1)] or [word]
        highest = self._lexical.idf("\0")
        telling = max(0.5, sum(map(self._lexical.idf, pairs)) / len(pairs) / highest)
        return telling * (ACTION if word in actions() or self._spoken(word) else 1.0)

    def _spoken(self, word: str) -> bool:
        """Whether a word is a verb or an adjective that no document holds: spoken language, not a subject."""
        if any(first + second in self._lexical for first, second in pairwise(word)):
            return False
        return all(tag[0] in _VERBAL for _, tag in rjieba.tag(word, False))
