"""What is known of a document as a policy: from its sidecar, else by rule from its text and file name.

A rule speaks only where the text leaves no doubt; what is not certain stays empty. The 发文机关 of a document
cannot be told from its 文号 alone, nor its 时效 from its own text, so these come from the sidecar only.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from index.errors import LoadError
from index.types import Content, Facts

SIDECAR = ".meta.toml"
TITLE = 60  # characters: a longer first line is no title
HEADER = 12  # lines at the start among which a 文号 or a date may stand

_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_DATED_NAME = re.compile(r"[(（](\d{4})-(\d{1,2})-(\d{1,2})[)）]")
_DATE = re.compile(r"((?:19|20)\d{2})\s?(?:年|[-./])\s?(\d{1,2})\s?(?:月|[-./])\s?(\d{1,2})(?:\s?日)?")
_DATE_LINE = re.compile(
    rf"[(（]?(?:(?:发布|成文|公布|印发)(?:日期|时间)[:：]\s*)?{_DATE.pattern}[)）]?(?:\s?\d\d:\d\d(?::\d\d)?)?"
)
_MADE = re.compile("通过|公布|发布|批准|修订|修正|修改|印发")
_NUMBER = re.compile(
    r"(?<!\S)([\u4e00-\u9fff]{1,12}[〔\[［(（【]\s?(?:19|20)\d{2}\s?[〕\]］)）】]\s?第?\s?\d{1,5}\s?号)(?!\S)"
)
_KIND = re.compile(
    r"(?:通知|公告|通告|意见|办法|规定|方案|决定|条例|细则|措施|批复|纲要|规划|计划|指南|报告)(?:[（(].{1,12}[)）])?$"
)


def facts(content: Content, path: Path, sidecar: bytes = b"") -> Facts:
    """The facts of what was read from the file ``path``.

    What ``sidecar`` (TOML) says goes first, then what the file says of itself, then the rules over its text.

    Raises LoadError, naming the file and the key, if the sidecar is not TOML, has an unknown key or a value of
    a wrong type.
    """
    given = _given(sidecar, path) if sidecar else {}
    text = content.text
    lines = [line.strip() for line in text[:5000].splitlines() if line.strip()]
    own = {name: value for name, value in asdict(content.facts).items() if value}
    rules: dict[str, str | date | None] = {
        "title": _title(text, lines, path),
        "number": _number(lines),
        "date": _date(text, lines, path),
    }
    known = {**rules, **own, **given}
    return Facts(**known)  # type: ignore[arg-type]


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
        day = key in {"date", "published", "effective"}
        if not (dated if day else isinstance(value, str)):
            expected = ("a date such as 2021-01-21", "日期，如 2021-01-21") if day else ("text", "文字")
            raise LoadError(
                f"{name}: {key} is {value!r}; it must be {expected[0]}",
                f"{name} 中 {key} 的值 {value!r} 有误；应为{expected[1]}",
            )
    return given


def _title(text: str, lines: list[str], path: Path) -> str:
    heading = _HEADING.search(text, 0, 2000)
    if heading:
        return " ".join(heading.group(1).split())
    candidates = (line for line in lines if not _NUMBER.fullmatch(line) and not _DATE_LINE.fullmatch(line))
    first = next((line for line in candidates if not (line.endswith("文件") and len(line) <= 20)), "")
    if first and len(first) <= TITLE and first[-1] not in "。！？；：，、!?;:,.…":
        return " ".join(first.split())
    opening = first.split(maxsplit=1)[0] if first else ""
    if len(opening) <= TITLE and _KIND.search(opening):
        return opening
    return _DATED_NAME.sub("", path.stem).strip() or path.stem


def _number(lines: list[str]) -> str:
    for line in lines[:HEADER]:
        found = _NUMBER.search(line, 0, 200)
        if found:
            return re.sub(r"\s", "", found.group(1))
    return ""


def _date(text: str, lines: list[str], path: Path) -> date | None:
    named = _DATED_NAME.search(path.stem)
    if named:
        return _day(named)
    for line in lines[:HEADER]:
        if _DATE_LINE.fullmatch(line) and (found := _DATE.search(line)):
            return _day(found)
    made = [
        day
        for line in lines[:HEADER]
        if line[0] in "(（" or _DATE.match(line)
        for found in _DATE.finditer(line)
        if _MADE.search(line) and "施行" not in line and (day := _day(found))
    ]
    if made:
        return max(made)
    for line in reversed([line.strip() for line in text[-300:].splitlines() if line.strip()][-3:]):
        if _DATE_LINE.fullmatch(line) and (found := _DATE.search(line)):
            return _day(found)
    return None


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(*map(int, found.groups()[:3]))
    except ValueError:
        return None
