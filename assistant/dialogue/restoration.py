"""What a short follow-up leaves unsaid, put back from the two utterances before it, by a small linear model.

    罗渽民 · 叫罗渽民 · 他好不好看 → 罗渽民好不好看

Where no rule of ``rewrite`` says how, every run of words of the utterances before is a candidate for every gap of
the question, and for each of its pronouns; to change nothing is one too. A candidate's score is the sum of its
features' weights (``lexicon/restoration.tsv``, learnt by ``python -m evals.restoration``), and the best one is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import rjieba

from assistant.language.vocabulary import policy_words

LONGEST = 16
"""Characters of a question beyond which it is taken to be whole."""
MARGIN = 2.0
"""By how much the best candidate must be better than the question itself: a topic dragged along does more harm than
one left unsaid. Set on the half that the weights were learnt on and on standalone questions (November 2026)."""
_LONGEST_PHRASE = 14
_MOST_WORDS = 5
_READ = 80
"""Characters of an utterance from whose beginning words are taken."""
_PRONOUN = re.compile(
    r"(?<!其)[他她它](?!人)们?|[这那](?!次|届|年|时|么|样的|个人)(?:个(?:人|东西)?|里|儿|些|位|部|首|家|本|种|边|样)?|此人|人家"
)
_ASKING = frozenset(
    ("什么", "谁", "哪", "哪里", "怎么", "怎么样", "多少", "几", "啥", "吗", "嘛", "呢", "么", "为什么", "吧")
)
_WHOLE_TAGS = frozenset(("nr", "ns", "nz", "vn", "eng"))
_PARTICLES = frozenset("uyeokwx")
_COMMON = re.compile(r"[一-鿿]{1,3}")


class Word(NamedTuple):
    """A word and the first letter of its part of speech, but nr, ns and nz whole."""

    text: str
    tag: str


class Phrase(NamedTuple):
    """A run of words of an utterance, the tags of its first and last word, and the features by which it is judged."""

    text: str
    tags: tuple[str, str]
    features: tuple[str, ...]


class Edit(NamedTuple):
    """A place of the question, from ``start`` to ``end``, that a phrase may take, and its features.

    ``key`` is what of it is crossed with the phrase's.
    """

    start: int
    end: int
    keys: tuple[str, ...]
    features: tuple[str, ...]


def restored(question: str, utterances: Sequence[str]) -> str:
    """``question`` with what it leaves unsaid; itself where nothing seems to be missing."""
    if not 0 < len(question) <= LONGEST:
        return question
    candidates = scored(question, utterances, weights())
    unchanged, _ = next(candidates)
    score, found = max(candidates, default=(unchanged, question))
    return found if score > unchanged + MARGIN else question


def scored(question: str, utterances: Sequence[str], known: Mapping[str, float]) -> Iterator[tuple[float, str]]:
    """Every candidate with its score; the first is the question itself."""
    words = tagged(question)
    edits, found = list(places(words)), list(phrases(utterances, question))
    yield sum(known.get(one, 0.0) for one in nothing(words, utterances)), question
    bases = [sum(known.get(one, 0.0) for one in edit.features) for edit in edits]
    for phrase in found:
        base = sum(known.get(one, 0.0) for one in phrase.features)
        for edit, own in zip(edits, bases, strict=True):
            crossed = sum(known.get(one, 0.0) for one in crosses(phrase, edit))
            yield base + own + crossed, applied(question, phrase, edit)


def applied(question: str, phrase: Phrase, edit: Edit) -> str:
    """``question`` with ``phrase`` at the place of ``edit``; of a pronoun, wherever it stands."""
    was = question[edit.start : edit.end]
    if was and question.count(was) > 1:
        return question.replace(was, phrase.text)
    return question[: edit.start] + phrase.text + question[edit.end :]


def tagged(text: str) -> list[Word]:
    """The words of ``text`` with their parts of speech; what is a policy word stays together (碳 + 达 + 峰)."""
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate becomes a question mark
    words = [Word(word, tag if tag in _WHOLE_TAGS else tag[:1]) for word, tag in rjieba.tag(text, False)]
    whole: list[Word] = []
    while words:
        size = next(
            (size for size in (4, 3, 2) if "".join(word.text for word in words[:size]) in policy_words()), 1
        )
        whole.append(words[0] if size == 1 else Word("".join(word.text for word in words[:size]), "j"))
        del words[:size]
    return whole


def nothing(words: Sequence[Word], utterances: Sequence[str]) -> Iterator[str]:
    """The features of leaving the question as it is."""
    tags = {word.tag for word in words}
    length = sum(len(word.text) for word in words)
    yield "0"
    yield f"0 length {min(8, length // 2)}"
    yield f"0 noun {bool(tags & {'n', 'nr', 'ns', 'nz', 'vn', 'l', 'j', 'b', 'eng'})}"
    yield f"0 nouns {min(3, sum(word.tag[0] in 'nlj' for word in words))} {min(4, length // 4)}"
    yield f"0 pronoun {bool(_PRONOUN.search(''.join(word.text for word in words)))}"
    yield f"0 first {words[0].tag if words else ''}"
    yield f"0 last {words[-1].tag if words else ''}"
    told = "".join(utterances)
    yield f"0 shared {min(2, sum(word.text in told for word in words if len(word.text) > 1))}"


def places(words: Sequence[Word]) -> Iterator[Edit]:
    """The gaps between the question's words, and its pronouns."""
    text = "".join(word.text for word in words)
    pronoun = bool(_PRONOUN.search(text))
    at = 0
    for order in range(len(words) + 1):
        left = words[order - 1] if order else Word("^", "^")
        right = words[order] if order < len(words) else Word("$", "$")
        where = "start" if not order else "end" if order == len(words) else "inner"
        features: tuple[str, ...] = (
            f"gap {where}",
            f"gap {where} {pronoun}",
            f"gap < {left.tag} {right.tag}",
            f"gap < {left.text}",
            f"gap > {right.text}",
            f"gap {where} {min(6, len(text) // 2)}",
        )
        yield Edit(
            at, at, (f"g<{left.tag}", f"g>{right.tag}", f"g{where}", f"G>{right.text}", f"G<{left.text}"), features
        )
        at += len(right.text)
    for match in _PRONOUN.finditer(text):
        after = text[match.end() : match.end() + 1]
        features = (
            f"pronoun {match[0]}",
            "pronoun",
            f"pronoun > {match[0]} {after}",
            f"pronoun {match.start() == 0}",
        )
        yield Edit(match.start(), match.end(), (f"p{match[0]}", "p"), features)


def phrases(utterances: Sequence[str], question: str) -> Iterator[Phrase]:
    """The runs of words of the utterances that may be missing from the question."""
    lines = [tagged(utterance[:_READ]) for utterance in utterances]
    for which, words in enumerate(lines):
        other = "".join(utterances[:which]) + "\n" + "".join(utterances[which + 1 :])
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + _MOST_WORDS) + 1):
                run = words[start:end]
                text = "".join(word.text for word in run)
                if len(text) > _LONGEST_PHRASE or run[0].tag in _PARTICLES or run[-1].tag in _PARTICLES:
                    continue
                left = words[start - 1] if start else Word("^", "^")
                right = words[end] if end < len(words) else Word("$", "$")
                shape = "".join(word.tag[0] for word in run)
                yield Phrase(
                    text,
                    (run[0].tag, run[-1].tag),
                    (
                        f"of {which}",
                        f"of {which} {shape}",
                        f"shape {shape}",
                        f"tags {run[0].tag} {run[-1].tag}",
                        f"size {min(8, len(text))}",
                        f"words {len(run)}",
                        f"left {left.tag} {run[0].tag[0]}",
                        f"right {run[-1].tag[0]} {right.tag}",
                        f"left {left.text}",
                        f"right {right.text}",
                        f"again {text in other}",
                        f"again {text in other} {which} {len(text) > 1}",
                        f"said {text in question}",
                        f"shares {any(word.text in question for word in run)}",
                        f"asking {any(word.text in _ASKING for word in run)}",
                        f"you {any(word.text in ('你', '我', '您', '咱') for word in run)}",
                        f"whole {len(run) == len(words)}",
                        f"name {any(word.tag in ('nr', 'ns', 'nz', 'eng') for word in run)}",
                        f"depth {which} {min(3, start)}",
                        *((f"word {text}",) if _COMMON.fullmatch(text) else ()),
                    ),
                )


def crosses(phrase: Phrase, edit: Edit) -> Iterator[str]:
    """What speaks for a phrase at a place."""
    first, last = phrase.tags
    for key in edit.keys:
        yield f"x {key} {last}"
        yield f"y {key} {first}"


@cache
def weights() -> Mapping[str, float]:
    """The weight of each feature that has one."""
    rows = (line.split("\t") for line in _lines() if line and not line.startswith("#"))
    return {feature: float(weight) for feature, weight in rows}


def _lines() -> list[str]:
    path = files("assistant") / "lexicon" / "restoration.tsv"
    return path.read_text(encoding="utf-8").splitlines()
