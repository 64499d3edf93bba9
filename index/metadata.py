"""What is known of a document as a policy: from its sidecar, else by rule from its text and file name.

A rule speaks only where the text leaves no doubt; what is not certain stays empty. What only the other documents
of a library tell (that this one is repealed, or that a later version took its place) is in ``index.validity``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from index.days import DAY, day, days
from index.errors import LoadError
from index.issuers import county, issuer, level, organs, signature
from index.regions import named
from index.standards import cover
from index.types import DAYS, Content, Facts
from index.validity import IN_FORCE, expiry, own_status

SIDECAR = ".meta.toml"
TITLE = 60  # characters: a longer first line is no title
OPENING = 30  # characters of a text's first words, where they must do for a title
HEADER = 12  # lines at the start among which a 文号 or a date may stand

_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_DATED_NAME = re.compile(r"[(（]\d{4}-\d{1,2}-\d{1,2}[)）]")
_CODE_NAME = re.compile(r"[tPW]?[\d_\-. ]+|[0-9a-fA-F]{6,}(?:[_\-][0-9a-fA-F]+)*")  # t20210203_5584911, 5f3e9c01
_DATE_LINE = re.compile(
    rf"[(（]?(?:(?:发布|成文|公布|印发)(?:日期|时间)[:：]\s*)?{DAY}[)）]?(?:\s?\d\d:\d\d(?::\d\d)?)?"
)
_PUBLISHED_LINE = re.compile(rf"(?:发布|公布)(?:日期|时间)[:：]\s*(?={DAY})")
_PUBLISHED = re.compile(rf"[(（]?(?={DAY})[^《》]{{6,60}}(?:公布|发布)\s*[)）]?")
_DELIVERED = re.compile(rf"[（(—―-]*{DAY}[^，。]{{0,30}}在(?P<occasion>[^，。]{{4,40}}?会议)上")
_MADE = re.compile("通过|公布|发布|批准|修订|修正|修改|印发")
_NUMBER = re.compile(
    r"(?<!\S)([\u4e00-\u9fff]{1,12}[〔\[［(（【]\s?(?:19|20)\d{2}\s?[〕\]］)）】]\s?第?\s?\d{1,5}\s?号)(?!\S)"
)
_LEADING_NUMBER = re.compile(
    r"^[\u4e00-\u9fff]{1,12}[〔\[［（(【]\s?(?:19|20)\d{2}\s?[〕\]］)）】]\s?第?\s?\d{1,5}\s?号\s*(?=\S{4})"
)
_ANNEX = re.compile(r"附件\s?[一二三四五六七八九十\d]{0,2}[:：]?")
_ORDINAL = r"第\s?[\d〇○Ｏ零一二三四五六七八九十百]{1,7}\s?号"
_ANNOUNCED_INSIDE = re.compile(rf"(?:^|\s)[\u4e00-\u9fff]{{2,20}}(公告\s?(?:19|20)\d{{2}}年\s?{_ORDINAL})(?=\s|$)")
_ORDER = re.compile(
    rf"(?:中华人民共和国)?(?P<organ>[\u4e00-\u9fff、]{{0,30}}[\u4e00-\u9fff]令)\s?(?P<ordinal>{_ORDINAL})(?=$|\s|[)）]|公布|发布|修)"
)
_ANNOUNCED = re.compile(rf"(?:(?P<word>公告|通告)\s?)?(?P<year>(?:19|20)\d{{2}}年\s?{_ORDINAL})")
_ORDER_HEAD = re.compile(r"[\u4e00-\u9fff、]{2,40}令")
_PROMULGATED = re.compile(r"《([^《》]{2,50})》[^。]{0,120}(?:公布|发布)")
_LATER = timedelta(days=90)
_KIND = re.compile(
    r"(?P<kind>通知|公告|通告|通令|通报|意见|办法|规定|方案|决定|决议|条例|细则|规则|解释|措施|批复|复函|答复|函|纲要|规划"
    r"|计划|指南|指引|报告|预案|规范|标准|目录|公报|纪要|令|(?<![方做执司守违合宪用想看说书语手])法)"
    r"(?:\s?[（(\[〔【][^）)\]〕】]{1,12}[）)\]〕】]){0,2}$"
)
_NEWS = re.compile("(?:出台|推出|发布|发出|下发|印发|公布)[^的《》]{0,12}$")  # 某市出台34项措施, before 措施
_FROM = r"(?:自|从)\s*"
_CLAUSE = re.compile(
    rf"本[\u4e00-\u9fff]{{1,12}}{_FROM}(?P<day>{DAY}|(?:公布|发布|颁布|印发|下发)之日|即日)\s*起?(?:正式|开始)?(?:施行|实施|执行|生效|试行)"
    rf"|(?:现予|予以|现)(?:公布|发布)[^。]{{0,20}}{_FROM}(?P<given>{DAY}|(?:公布|发布|印发)之日)\s*起?(?:施行|实施|执行|生效)"
)
_IN_FORCE_LINE = re.compile(rf"{DAY}\s*起?(?:施行|实施)")


def facts(content: Content, path: Path, sidecar: bytes = b"") -> Facts:
    """The facts of what was read from the file ``path``.

    What ``sidecar`` (TOML) says goes first, then what the file says of itself, then the rules over its text. A
    file's own word that it is 现行 counts for nothing, for it was written before anything could end it.

    Raises LoadError, naming the file and the key, if the sidecar is not TOML, has an unknown key or a value of
    a wrong type.
    """
    given = _given(sidecar, path) if sidecar else {}
    text = content.text
    lines = [line.strip() for line in text[:5000].splitlines() if line.strip()]
    own = {name: value for name, value in asdict(content.facts).items() if value}
    if own.get("status") == IN_FORCE:
        del own["status"]
    shown = {name: value for name, value in asdict(cover(lines)).items() if value}
    known = shown | own | given
    return replace(_by_rule(Facts(**known), text, lines, path), **known)


def _by_rule(known: Facts, text: str, lines: Sequence[str], path: Path) -> Facts:
    """The facts that the rules find, each built on those ``known`` already."""
    header = lines[:HEADER]
    signed = signature(text)
    title = known.title or _title(text, lines, path)
    numbered = known.number or _number(header, title)
    ordered = "、".join(organs(numbered.partition("令")[0])) if "令" in numbered else ""
    issued = known.issuer or issuer(title, header, signed) or ordered
    written = known.date or _date(text, lines, path) or (signed.date if signed else None)
    published = known.published or _published(header)
    dated = Facts(title=title, date=written, published=published)
    dated = replace(dated, effective=known.effective or _effective(text, header, dated))
    if written and published and published < written:
        dated = replace(dated, published=None)  # that of the text as it stood before it was amended
    return replace(
        dated,
        issuer=issued,
        number=numbered,
        status=own_status(title, text),
        region=_region(title, issued),
        occasion=_occasion(header),
        level=level(issued),
        kind=_kind(title),
        expires=known.expires or expiry(text, dated),
    )


def _given(sidecar: bytes, path: Path) -> dict[str, str | date]:
    name = path.name + SIDECAR
    try:
        given = tomllib.loads(sidecar.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LoadError(
            f"{name} is not a TOML file in UTF-8 ({error}); correct it and add {path.name} again",
            f"{name} 不是 UTF-8 编码的 TOML 文件（{error}）；请改正后重新添加 {path.name}",
        ) from error
    for key, value in given.items():
        if key not in Facts.__dataclass_fields__:
            keys = ", ".join(Facts.__dataclass_fields__)
            raise LoadError(
                f"{name} has the unknown key {key!r}; use only {keys}",
                f"{name} 中的 {key} 不是可用的字段；只能使用 {keys}",
            )
        dated = isinstance(value, date) and not isinstance(value, datetime)
        day = key in DAYS
        if not (dated if day else isinstance(value, str)):
            expected = ("a date such as 2021-01-21", "日期，如 2021-01-21") if day else ("text", "文字")
            raise LoadError(
                f"{name}: {key} is {value!r}; it must be {expected[0]}",
                f"{name} 中 {key} 的值 {value!r} 有误；应为{expected[1]}",
            )
    return given


def _title(text: str, lines: Sequence[str], path: Path) -> str:
    heading = _HEADING.search(text, 0, 2000)
    if heading:
        return " ".join(heading.group(1).split())
    if lines and _ORDER_HEAD.fullmatch(lines[0]):
        for line in lines[:HEADER]:
            if promulgated := _PROMULGATED.match(line):
                return promulgated.group(1)
    candidates = (line for line in lines if not _is_label(line))
    first = next((line for line in candidates if not (line.endswith("文件") and len(line) <= 20)), "")
    if first and len(first) <= TITLE and first[-1] not in "。！？；：，、!?;:,.…":
        return " ".join(first.split())
    return _opening(first, path) or _named(first, path)


def _named(line: str, path: Path) -> str:
    """The file's name without the day that it may tell of; of one that is a mere code, the line's first words."""
    if _CODE_NAME.fullmatch(path.stem):
        return re.split("[，。；：！？、,;:!?]", line.strip())[0][:OPENING].strip()
    return _DATED_NAME.sub("", path.stem).strip() or path.stem


def _is_label(line: str) -> bool:
    """Whether a line is a number, a day, a page's label or 附件, not a title."""
    return bool(
        _ANNEX.fullmatch(line)
        or _NUMBER.fullmatch(line)
        or _DATE_LINE.fullmatch(line)
        or _PUBLISHED_LINE.match(line)
    )


def _opening(line: str, path: Path) -> str:
    """The title with which a long line begins: its first words, or two, or three, up to one that names a 文种.

    Where the file's name has no Chinese in it, the words that white space sets off are a title, too.
    """
    words = line.split(maxsplit=3)[:3]
    for count in range(1, len(words) + 1):
        opening = " ".join(words[:count])
        if len(opening) > TITLE or re.search("[，。；：！？]", opening):
            break
        if _KIND.search(opening):
            return _LEADING_NUMBER.sub("", opening)
    plain = words and 8 <= len(words[0]) <= TITLE and not re.search("[。；]", words[0]) and words[0] != line
    return words[0] if plain and not re.search("[\u4e00-\u9fff]", path.stem) else ""


def _number(lines: Sequence[str], title: str) -> str:
    for line in lines:
        found = _NUMBER.search(line, 0, 200)
        if found:
            return re.sub(r"\s", "", found.group(1))
    if parted := _parted_order(lines):
        return parted
    orders = [found for line in lines if not line.endswith("。") for found in _ORDER.finditer(line, 0, 200)]
    if orders:
        organ = re.split("中华人民共和国|[年月日]", orders[-1]["organ"])[-1]
        return re.sub(r"\s", "", organ + orders[-1]["ordinal"])
    for place, line in enumerate(lines):
        announced = _ANNOUNCED.fullmatch(line.strip("（()） "))
        if announced is None:
            continue
        above = re.search("(公告|通告)$", lines[place - 1] if place else "") or re.search("(公告|通告)$", title)
        if word := announced["word"] or (above.group() if above else ""):
            return re.sub(r"\s", "", word + announced["year"])
        ordered = re.search("[\u4e00-\u9fff]{2,30}令$", lines[place - 1] if place else "")
        if ordered:
            return re.sub(r"\s", "", ordered.group() + announced["year"])
    for line in lines:
        if found := _ANNOUNCED_INSIDE.search(line, 0, 200):
            return re.sub(r"\s", "", found.group(1))
    return ""


def _parted_order(lines: Sequence[str]) -> str:
    """The number of an order (令) whose organ and ordinal stand on two lines."""
    for place, line in enumerate(lines[1:]):
        if re.fullmatch(_ORDINAL, line) and lines[place].endswith("令"):
            return re.sub(r"\s", "", lines[place].removeprefix("中华人民共和国") + line)
    return ""


def _date(text: str, lines: Sequence[str], path: Path) -> date | None:
    named_ = _DATED_NAME.search(path.stem)
    if named_:
        return day(named_.group())
    for line in lines[:HEADER]:
        if _DATE_LINE.fullmatch(line):
            return day(line)
    for line in lines[:HEADER]:
        if _DELIVERED.match(line):
            return day(line)
    made = [
        found.date
        for line in lines[:HEADER]
        if line[0] in "(（" or re.match(DAY, line)
        for found in days(line)
        if _MADE.search(line) and "施行" not in line
    ]
    if made:
        return max(made)
    for line in reversed([line.strip() for line in text[-300:].splitlines() if line.strip()][-3:]):
        if _DATE_LINE.fullmatch(line):
            return day(line)
    return None


def _published(lines: Sequence[str]) -> date | None:
    """The day of publication: from a page's label, else the last that a law's header tells of."""
    for line in lines:
        if _PUBLISHED_LINE.match(line):
            return day(line)
    told = [day(line) for line in lines if _PUBLISHED.fullmatch(line)]
    return told[-1] if told else None


def _effective(text: str, lines: Sequence[str], known: Facts) -> date | None:
    """The day of coming into force: from a law's header, else its clause; nothing if clauses disagree."""
    told = [day(line) for line in lines if _IN_FORCE_LINE.fullmatch(line)]
    if told:
        return told[-1]
    clauses = {match["day"] or match["given"] for match in _CLAUSE.finditer(text)}
    found = {day(clause) or _made_known(known) for clause in clauses}
    return found.pop() if len(found) == 1 else None


def _occasion(lines: Sequence[str]) -> str:
    """The meeting at which a report was delivered (2025年1月18日在…会议上)."""
    told = (_DELIVERED.match(line) for line in lines)
    return next(("".join(found["occasion"].split()) for found in told if found), "")


def _made_known(known: Facts) -> date | None:
    """The day of publication, or the document's own where it was put on a site only much later."""
    if known.date and known.published and known.published - known.date > _LATER:
        return known.date
    return known.published or known.date


def _region(title: str, issued: str) -> str:
    """The provinces and cities, else the county, of the issuer, else those that the title names; joined with 、."""
    for text in (issued, title):
        found = named(text)
        if found:
            return "、".join(place.full for place in found)
        if text == issued and (local := county(issued)):
            return local
    return ""


def _kind(title: str) -> str:
    """The 文种 with which the title ends, whatever stands in brackets after it; a 法 is a 法律."""
    found = _KIND.search(title)
    if found and not _NEWS.search(title, 0, found.start()):
        return {"法": "法律"}.get(found["kind"], found["kind"])
    return ""
