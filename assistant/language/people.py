"""The people whom a text names: Chinese names behind titles, and the same names in pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pypinyin import lazy_pinyin

from assistant.language.vocabulary import surnames

TITLE = (
    r"(?:总书记|书记|部长|主任|主席|总理|委员长|委员|省长|市长|区长|县长|局长|司长|厅长|处长|院长|校长|会长|理事长|组长|所长"
    r"|司令|检察长|秘书长|行长|署长|董事长|总经理|教授|院士|代表|同志)"
)
_TITLED = re.compile(rf"{TITLE}(?=([一-鿿]{{2,4}}))")
_GOES_ON = re.compile(
    r"$|[^一-鿿]|出席|作(?:了|工|报|讲|总|部|动|重|题|说)|主持|讲|强调|指出|表示|介绍|会见|说|认为|致|并|同|在|与|和|及|等|的|是|为|任"
    r"|兼|担任|宣布|代表|要求|到|赴|率|对|就|向|参加|签|批|调研|考察|陪同|受|先生|女士|同志|一行"
)

_CAPITALISED = re.compile(r"\b[A-Z][A-Za-z'’-]*(?:\s+[A-Z][A-Za-z'’-]*)+")


def named(text: str) -> tuple[str, ...]:
    """The people whom ``text`` names behind their titles, in its order: 生态环境部部长黄润秋出席 → 黄润秋."""
    found = []
    for match in _TITLED.finditer(text):
        after = text[match.end() : match.end() + 8]
        sizes = (4, 3) if after[:2] in surnames() else (3, 2) if after[:1] in surnames() else ()
        found += [
            after[:size]
            for size in sizes
            if len(after) >= size and _GOES_ON.match(after, size) and after[:size] in match[1]
        ][:1]
    return tuple(found)


def by_pinyin(texts: Iterable[str]) -> Mapping[str, str]:
    """The people of ``texts`` by their names in pinyin, in one word, surname first: sunjinlong → 孙金龙."""
    return {"".join(lazy_pinyin(name)): name for text in texts for name in named(text)}


def may_name(text: str) -> bool:
    """Whether ``text`` has two capitalised words in a row, as a name in pinyin has."""
    return bool(_CAPITALISED.search(text))


def written_in_chinese(text: str, people: Mapping[str, str]) -> str:
    """``text`` with the names in pinyin that ``people`` knows in Chinese: Sun Jinlong, Jinlong Sun → 孙金龙."""
    return _CAPITALISED.sub(lambda run: _in_chinese(run[0].split(), people), text)


def _in_chinese(words: list[str], people: Mapping[str, str]) -> str:
    place, written = 0, []
    while place < len(words):
        for size in (3, 2, 1):
            said = [re.sub(r"[^a-z]", "", word.lower()) for word in words[place : place + size]]
            name = people.get("".join(said)) or people.get("".join((said[-1], *said[:-1])))
            if len(said) == size > 1 and name:
                written.append(name)
                break
        else:
            written.append(words[place])
        place += size
    return " ".join(written)
