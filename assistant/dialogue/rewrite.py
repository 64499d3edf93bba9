"""Follow-ups made standalone by rule: topic, time, person and list item are carried over from the turns before.

    2021年碳达峰任务有哪些 · 2020年呢           →  2020年碳达峰任务有哪些
    2021年大气污染防治任务有哪些 · 那水污染呢    →  2021年水污染防治任务有哪些
    谁作工作报告 · 他是谁                       →  黄润秋是谁

Each turn is rewritten from the one before it, first to last, so that a follow-up of a follow-up stands on its
own too. A question with a subject of its own is left alone: a new topic does not drag the old one along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.dialogue import catalogue, corrections, institutions, restoration, smalltalk, topic
from assistant.language import english, items, people, periods
from assistant.language.kinds import kind
from assistant.language.question import clean
from assistant.language.vocabulary import actions, attributes, contrasts, generic, policy_words, simplified
from assistant.types import Turn
from index.errors import InvalidQuestion

_OPENERS = re.compile(
    r"^(?:那么|那末|那就|那(?!个人|天|年|时|些|次|场)|哦|嗯|好的?|还有|另外|然后|再问一下|请问|对了|至于|关于|换成|改成|如果是|要是|谢谢[你您了]?|明白了?|知道了"
    r"|(?:再|帮我)?(?:查|看|说|讲|问)(?:一下|查|看|说|讲)|[，,。！!\s])+"
)
_CLOSERS = re.compile(r"(?:(?:这|那)?(?:方面|一块)|[这那]块|领域|的话|的?情况|[的呢吗吧啊嘛?？。!！\s])+$")
_ELLIPTIC = re.compile(r"呢[?？。!！ ]*$|^(?:那么|那|至于)")
_LONGEST_TOPIC = 24
_LONGEST_ELLIPSIS = 14
"""Characters of a follow-up that can be no more than a topic, or no more than a question about the last one."""

_ELSE = r"(?:任务|措施|内容|要求|规定|条件)?"
_MORE = re.compile(
    rf"^(?:那|请|除此之外|另外)?(?:还有(?:吗|呢|没有|没|别的吗?|其他的?吗?|哪些|什么|其他{_ELSE}|其它{_ELSE})?|还有没有"
    rf"|就这些吗?|就这么多|只有这些吗?|其[他它]的?{_ELSE}(?:呢|有哪些|是什么)|没有?别的了吗|别的呢|继续|接着[说讲]"
    r"|再说说|全了吗|说全了吗|没有了吗)[?？呢吗。 ]*$"
    r"|^(?:anything|what) else\W*$|^(?:go on|continue|more)\W*$",
    re.IGNORECASE,
)
_NEIGHBOURS = {"上一": -1, "前一": -1, "再前一": -1, "下一": 1, "后一": 1, "次": 1, "第二": 1, "转过": 1}
_NEIGHBOUR = re.compile(rf"^({'|'.join(_NEIGHBOURS)})年(度?)(?!级|[底初末中内起]|同期|相?比|以)(?P<rest>.*)$")
_OF_A_YEAR = frozenset(("前一", "再前一", "上一", "后一", "下一"))
"""Those that name a year with something behind it, too: 第二年还能领吗 asks for the second one of something."""
_TELL_MORE = re.compile(
    r"(?:请|再|能|可以|展开|详细|具体|仔细|细|说说|讲讲|说一下|讲一下|介绍一?下?|说明一?下?|一点|一些|点儿|[点地说讲些])+"
)
_CONTENTS = "有哪些具体内容"
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十])?")
_DOCUMENT = re.compile(
    r"(?:这[个部份项篇]?|该|此|上述)(条例|办法|文件|通知|意见|规定|法律?|规划|方案|细则|决定|公告|制度|文)(?!里|中)(?:里|中)?"
)
_TITLE = re.compile(r"《[^《》]+》")
_THEY = re.compile(r"[他她]们?|这个人|此人|这位(?:部长|书记|领导|同志)?|该同志")
_IT = re.compile(
    r"[这那]件?事[儿情]?|[这那](?:里|儿|边|个(?!人))|这项|(?<!应)该项?|(?<![因如])此(?!外|时)|(?<!其)它们?|其(?!他|它|中|余|实)|这些|那些|上述|[这那](?=是|方面|件|种|一)"
)
_YOU_AND_ME = re.compile(r"[你您我咱]")
_IN_SHORT = {"水": "水污染", "气": "大气", "土": "土壤", "声": "噪声"}
"""What single characters stand for, which tell nothing by themselves."""
_NARROWED = "具体到"
_AGAINST = re.compile(
    r"^(?:那|如果)?(?:和|跟|与|同|比起?|对比|相比)(?P<other>[^，,]{2,20}?)(?:相比较?|比较|对比|比起来|比|的)?(?:起来|之下)?[，,]?"
    r"(?P<asked>(?:有|是)?(?:什么|哪些|何|啥)?的?(?:不同|区别|变化|差别|差异|差距|不一样|关系|联系)(?:在哪里?|是什么|吗)?|呢|怎么样|如何)[?？。呢]*$"
)
_RELATION = re.compile(r"关系|联系|区别|不同|差别|差异")
_GRADED = re.compile(
    r"^(?:那么?)?(?:如果|要是|假如)?(情节(?:特别)?(?:严重|较重|较轻|轻微)|拒不改正|逾期(?:未改正|不改正|不改)?|构成犯罪"
    r"|造成(?:严重|重大)?(?:后果|损失|污染|事故)|没有违法所得|再犯)"
    r"的?(?:话|情况)?(?:呢|怎么办|会?怎么(?:样|处罚|罚)|会?怎样|如何处罚|又?怎么处理)?[?？。]?$"
)
_PUNISHED = re.compile(
    r"(?:会|要|该|应当?|将|将会|会被)?(?:被)?(?:怎么|如何|怎样|什么|有哪些|有什么)?(?:受到)?(?:什么|哪些)?(?:处罚|罚款?|惩处|判刑?)[^，,]{0,4}$"
)
"""How a question asks what an act is punished with."""
_ORDINAL = re.compile(r"第[一二三四五六七八九十](?:方|者|产业|季度|轮|批|届|次|阶段)")
_GATHERING = re.compile(r"会议|大会|文件|报告|讲话|活动|会上|[这那](?:个|次)?会(?!不|议)|^会(?=是|在|什么|哪)")


def standalone(question: str, history: Sequence[Turn] = ()) -> str:
    """``question`` as it can be searched and answered without ``history``; itself if it needs none.

    A turn in which nothing was asked of the documents (谢谢) is passed over.
    """
    queries: list[str] = []
    answer, listing = "", Turn("", "")
    for turn in history:
        try:
            asked = clean(turn.question)
        except InvalidQuestion:
            continue
        if smalltalk.reply(asked):
            continue
        queries.append(_resolved(asked, queries, answer, listing))
        answer = turn.answer
        listing = Turn(queries[-1], answer) if len(items.items(answer)) > 1 else listing
    return _resolved(clean(question), queries, answer, listing)


def person_in(text: str, asked: str = "") -> str:
    """The person whom ``text`` names (部长黄润秋), an empty string if none.

    Of several, the one in whose clause most of ``asked`` stands, else the last: a report names the one of whom
    more is said at its end.
    """
    found: list[tuple[int, int, str]] = []
    for clause in re.split(r"[，,。；;\n]", text):
        shared = len(set(clause) & set(asked))
        found += [(shared, place, name) for place, name in enumerate(people.named(clause), len(found))]
    return max(found)[2] if found else ""


def _resolved(question: str, queries: Sequence[str], answer: str, listing: Turn) -> str:
    """``question`` rewritten from the standalone questions before it, the last answer, and the last turn with items."""
    if not queries:
        return question
    before = queries[-1]
    plain = simplified(question)
    if catalogue.is_about_library(plain):
        return question
    rewritten = next(filter(None, _tried(plain, queries, answer, listing)), "")
    if rewritten:
        return rewritten
    unnamed = kind(before) == "person" and _THEY.search(plain)  # whom no rule found in the answer
    alone = unnamed or english.is_english(plain) or _stands_alone(plain) or _own_policy(plain)
    whole = plain if alone else restoration.restored(plain, (before, answer))
    return question if whole == plain else whole


def _tried(question: str, queries: Sequence[str], answer: str, listing: Turn) -> Iterator[str]:
    """What each rule makes of ``question``, in their order; empty for one that does not apply."""
    before = queries[-1]
    if english.is_english(question):
        yield from (rule(question, before, answer) for rule in (_more, _in_english))
        return
    yield from (rule(question, before, answer) for rule in (_more, _period, _article, _graver))
    yield _item(question, before, listing)
    yield from (rule(question, before, answer) for rule in (_correction, _person, _document))
    yield institutions.in_full(question, queries)
    yield from (rule(question, before, answer) for rule in (_compared, _topic, _thing))
    yield institutions.added(question, queries)
    yield _elliptical(question, before, answer)


def _own_policy(question: str) -> bool:
    """Whether a question names a policy subject of its own (低保, 环评), or a document."""
    named = (term.text for term in topic.subject(question))
    return bool(_TITLE.search(question)) or any(
        word in policy_words() and word not in actions() | attributes() for word in named
    )


def _more(question: str, before: str, answer: str) -> str:
    """还有吗: the question before."""
    return before if _MORE.match(question) else ""


def _period(question: str, before: str, answer: str) -> str:
    """2020年呢, 上一年呢: the question before, of another time; 前一年做了什么: of its subject, of that time."""
    said = _bare(question)
    if periods.alone(said):
        return periods.replaced(before, _written(said))
    neighbour, asked = _NEIGHBOUR.match(said), periods.asked(before)
    if not neighbour or len(asked) != 1 or not asked[0].isdigit():
        return ""
    year, rest = f"{int(asked[0]) + _NEIGHBOURS[neighbour[1]]}年", neighbour["rest"]
    if not rest:
        return periods.replaced(before, year)
    if neighbour[1] not in _OF_A_YEAR:
        return ""
    if not topic.subject(rest):
        return f"{year}{topic.of(before)}{rest}"
    before_an_event = neighbour[1] == "上一" or neighbour[2]  # 上一年度平均工资 is that before it
    return "" if before_an_event else f"{year}{rest}"


def _article(question: str, before: str, answer: str) -> str:
    """第二十一条呢 after 《…》第二十条是什么: the question before, of that article."""
    asked = _ARTICLE.search(before)
    said = _bare(question)
    if asked is None or not _ARTICLE.fullmatch(said):
        return ""
    return before.replace(asked[0], said)


def _item(question: str, before: str, listing: Turn) -> str:
    """第三条展开说说: the third line of the last list, of the time of its question; else 第三条 of what was spoken of."""
    head = items.meant(question, listing.answer)
    if head:
        times = periods.asked(listing.question)
        dated = any(one.isdigit() for one in periods.asked(head)) or not times
        return f"{head if dated else periods.written(times[0]) + head}{_CONTENTS}"
    if items.means_article(question) and not _TITLE.search(question):
        title = _TITLE.search(before + listing.answer)
        return f"{title[0]}{question}" if title else ""
    return ""


def _correction(question: str, before: str, answer: str) -> str:
    """我问的是2021年: the question before, with what was meant in place of what was understood."""
    return corrections.corrected(question, before)


def _person(question: str, before: str, answer: str) -> str:
    """他是谁: the person whom the answer named, else the question; 他们: all of them."""
    match = _THEY.search(question)
    if not match or "其他" in question or "他人" in question:
        return ""
    if match[0].endswith("们"):
        person = "和".join(dict.fromkeys(people.named(answer))) or topic.person(before)
    else:
        person = person_in(answer, before) or person_in(before) or topic.person(before) or topic.person(answer)
    return question[: match.start()] + person + question[match.end() :] if person else ""


def _document(question: str, before: str, answer: str) -> str:
    """这个办法什么时候施行: the document of which the turn before spoke, in place of the pronoun."""
    match = _DOCUMENT.search(question)
    titles: list[str] = _TITLE.findall(before) + _TITLE.findall(answer)
    if not match or not titles:
        return ""
    sort = match[1].removesuffix("律")
    title = next((one for one in titles if one.endswith(f"{sort}》")), titles[0])
    return question[: match.start()] + title + question[match.end() :]


def _compared(question: str, before: str, answer: str) -> str:
    """和2020年比有什么不同: the question before about both; 和碳中和有什么区别: its subject and that one."""
    match = _AGAINST.match(question)
    if not match:
        return ""
    other, asked = match["other"].strip("的"), match["asked"]
    times = periods.asked(before)
    if periods.alone(other) and len(times) == 1:
        both, own = f"{periods.written(times[0])}和{_written(other)}", ""
        query = periods.replaced(before, both)
    else:
        own = topic.of(before)
        query = topic.changed(before, other)
        if not own:
            return ""
        shared = next((size for size in range(1, len(query) + 1) if query[-size:] != before[-size:]), 0)
        end = len(query) - shared + 1
        if _RELATION.search(asked) and query[:end].endswith(other) and not topic.alike(before, other):
            return topic.of_time(f"{own}{question[question.find(match['other']) - 1 :]}", before)
        query = _both(before, query)
    return topic.asked_differently(query, asked if len(asked) > len("怎么样") - 1 else "有什么不同")


def _both(one: str, other: str) -> str:
    """Two questions that differ in one place as one: 北京有哪些补贴, 上海有哪些补贴 → 北京和上海有哪些补贴."""
    start = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    shared = 0
    while shared < min(len(one), len(other)) - start and one[-shared - 1] == other[-shared - 1]:
        shared += 1
    end, other_end = len(one) - shared, len(other) - shared
    return f"{one[:end]}和{other[start:other_end]}{one[end:]}"


def _topic(question: str, before: str, answer: str) -> str:
    """那水污染呢: the question before about another subject, of the same time unless it names its own."""
    if not _ELLIPTIC.search(question) or any(one.search(question) for one in (_THEY, _IT, _YOU_AND_ME)):
        return ""
    said = _bare(question)
    if len(said) > _LONGEST_TOPIC or said.startswith(_NARROWED):
        return ""
    if topic.is_question(question):
        return topic.of_time(said, before) if topic.alike(said, before) else said
    own = periods.asked(said)
    new = re.sub(r"^在|的$", "", periods.without(said).strip(" ，,的"))
    new = _IN_SHORT.get(new, new)
    if not topic.subject(new) and not any(new in words for _, words in contrasts()):
        return ""
    query = topic.changed(before, new)
    return periods.replaced(query, periods.written(own[0])) if own else query


def _thing(question: str, before: str, answer: str) -> str:
    """这个比例是多少, 它包括什么: the subject of the question before in place of the pronoun."""
    match = _IT.search(question)
    if (
        not match
        or _YOU_AND_ME.search(question)
        or _GATHERING.search(question)
        or (periods.asked(question[: match.start()]) and not match[0].startswith("它"))
    ):
        return ""
    about = institutions.owner(before) or topic.of(before)
    rest = question[match.end() :]
    said_again = next((size for size in range(len(about), 1, -1) if rest.startswith(about[-size:])), 0)
    if not said_again and about:
        inner = next((size for size in range(4, 1, -1) if len(rest) > size and rest[:size] in about), 0)
        if inner:
            about = about[: about.find(rest[:inner])] + rest[:inner]
            said_again = inner
    if not about or (len(topic.subject(question)) > 2 and not said_again):
        return ""
    rest = rest[said_again:]
    apart = " " if about[-1].isascii() and rest[:1].isdigit() else ""  # COP15 2021年, not COP152021年
    return topic.of_time(f"{question[: match.start()]}{about}{apart}{rest}", before)


def _graver(question: str, before: str, answer: str) -> str:
    """那情节严重的呢 after 无证排污怎么处罚: the same act, where it is graver or lighter."""
    match, asked = _GRADED.match(question), _PUNISHED.search(before)
    return f"{before[: asked.start()]}，{match[1]}的{asked[0]}" if match and asked else ""


def _elliptical(question: str, before: str, answer: str) -> str:
    """为什么, 由谁负责, 具体到企业呢: the subject before, put in front of what names none, or only what is done."""
    if len(question) > _LONGEST_ELLIPSIS or _YOU_AND_ME.search(question) or _THEY.search(question):
        return ""
    bare = re.sub(r"[呢吧啊]*[?？。]*$", "", _OPENERS.sub("", question))
    if _TELL_MORE.fullmatch(bare):
        about = topic.of(before)
        return topic.of_time(about + _CONTENTS, before) if about else ""
    subject = topic.subject(question)
    if _NARROWED not in question:
        attribute = topic.is_attribute(question)
        own = not attribute and any(term.text not in actions() for term in subject)
        if own or _stands_alone(question) or not (attribute or _about_the_last(question)):
            return ""
        if attribute:
            return topic.of_time(topic.owner(before) + bare, before)
    about = topic.of(before)
    return topic.of_time(about + bare, before) if about else ""


def _stands_alone(question: str) -> bool:
    """Whether a question without a subject speaks of something else than the last one: its own time, 会议, 第三方."""
    return bool(periods.asked(question) or _GATHERING.search(question) or _ORDINAL.search(question))


def _about_the_last(question: str) -> bool:
    """Whether a question without a subject asks about the last one's: it has a question word, or 详细 or 措施."""
    return kind(question) != "open" or any(word in question for word in generic() if len(word) > 1)


_ABOUT_ENGLISH = re.compile(
    r"^(?:and|but)?\s*(?:(?:what|how) about)?\s*(?:in|for|the)?\s*(.+?)[\s?.!]*$", re.IGNORECASE
)
_OPENS_ENGLISH = re.compile(r"^(?:and|but|what about|how about)\b", re.IGNORECASE)
_PRONOUN_ENGLISH = re.compile(
    r"\b(?:(he|she|him|his|her)|(it|its|they|them|their|these|those|(?:this|that)(?=\W*$)))\b", re.IGNORECASE
)

_POSSESSIVE = frozenset(("his", "her", "its", "their"))


def _in_english(question: str, before: str, answer: str) -> str:
    """And in 2020? What about nuclear safety? When did it start?: what is left unsaid, from the turn before."""
    if _OPENS_ENGLISH.match(question):
        said = _ABOUT_ENGLISH.sub(r"\1", question)
        if periods.alone(said):
            return periods.replaced(before, said if english.is_english(before) else _written(said))
        return english.changed(before, said) if english.is_english(before) else topic.changed(before, said)
    match = _PRONOUN_ENGLISH.search(question)
    if not match or len(topic.subject(question)) > 2:
        return ""
    subject = english.about(before) if english.is_english(before) else topic.of(before)
    about = person_in(answer, before) if match[1] else subject
    if about and match[0].lower() in _POSSESSIVE:
        about += "'s"
    return f"{question[: match.start()]}{about}{question[match.end() :]}" if about else ""


def _bare(question: str) -> str:
    """``question`` without 那, 呢 and their like at its ends."""
    return _CLOSERS.sub("", _OPENERS.sub("", question))


def _written(said: str) -> str:
    """A time as it is written in a question; as it was said where it is several times, or 去年."""
    named = periods.years(said) + periods.plans(said)
    return periods.written(named[0]) if len(named) == 1 else said
