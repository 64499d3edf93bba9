"""Web pages: the body of a policy page without what surrounds it, and what the page states of it.

Pages of Chinese authorities name their body (UCAP-CONTENT, zoomcon, TRS_Editor…); on others it is the innermost
element that holds most of the prose. Labelled fields (发文机关, 成文日期…) and the meta elements that the rules
for government sites prescribe (ArticleTitle, PubDate) become facts.
"""

from __future__ import annotations

import codecs
import email.errors
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.errors import UnreadableFile
from index.load.labels import label, labelled, stated
from index.load.script import raised
from index.load.tables import rows
from index.load.text import BOMS, PLAUSIBLE, decoded, normalised, plausibility
from index.types import Content

DEPTH = 10_000  # elements inside each other; building the tree takes time that grows with its square
CELLS = 100_000  # of one table, merged ones counted in every place
SPAN = 1_000  # columns or rows that one cell may cover, as in the HTML standard
LONGEST_CELL = 3_000  # characters; a table with a longer cell lays out a page
DAMAGED = 0.001  # the share of characters that may be wrong in a page whose encoding is declared

BODIES = (
    "#UCAP-CONTENT",
    ".pages_content",
    "#zoomcon",
    "#info_cont",
    "#zoom",
    "#Zoom",
    "#js_content",
    ".TRS_Editor",
    ".TRS_UEDITOR",
    ".article-content",
    ".article_content",
    ".article_con",
    ".content_article",
    ".news_content",
    "article",
)
"""Where the publishing systems of Chinese authorities put the body, the surest first."""

_DROPPED = [
    *("script", "style", "noscript", "template", "iframe", "svg", "canvas", "object", "video", "audio"),
    *("select", "option", "button", "input", "textarea"),
]
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "center", "details", "div", "fieldset", "figure"),
        *("footer", "form", "header", "hr", "html", "legend", "main", "nav", "p", "pre", "section", "summary"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "ol", "ul", "li", "figcaption", "caption"),
        *("table", "thead", "tbody", "tfoot", "tr", "td", "th"),
    }
)
_NESTING = re.compile(
    r"<(/?)(?:address|article|aside|blockquote|center|details|div|dl|fieldset|figure|footer|form|h[1-6]|header|main|"
    r"nav|ol|pre|section|ul)\b",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"^(?:share\w*|\w+[-_]share|\w*qr_?(?:code|container)\w*|\w*ewm|bdsharebuttonbox|"
    r"(?:content|article)[-_](?:extended|attr|sxp|others)|article-btn|setFont|print|prints?[-_]?\w*)$",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"^(?:\w*(?:header|footer|sidebar|breadcrumb|crumbs?|curmb|menu|toolbar|copyright|pagination|related|login)\w*|"
    r"top|foot|head|nav\w*|\w*nav|curb|search\w*|xgxw\w*|xgwj\w*|xgjd\w*|location|dqwz|fenxiang)$",
    re.IGNORECASE,
)
_CHROME = re.compile(
    r"扫一扫.{0,20}|【?打印(?:本页|此页)?】?(?:【?关闭(?:窗口|本页)?】?)?|【?关闭(?:窗口|本页)?】?|分享到?[:：]?|返回顶部|"
    r"【?字体[:：]?\s*(?:[\[【(]?[大中小][\]】)]?[\s|]*)+】?|保存|收藏|浏览(?:量|次数)[:：]?\s*[-\d]*|"
    r"【打印】\s*【字体[:：].{0,12}】|打印\s*(?:收藏\s*)?关闭|相关附件"
)
_FILE = re.compile(r"\.(?:docx?|wps|pdf|ofd|xlsx?|et|csv|pptx?|zip|rar|rtf|txt)(?:[?#].*)?$", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})")
_CJK = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_BROKEN = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n]\s*(?=[{_CJK}])")
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_PROSE = re.compile(r"[，。；：、！？]")
_SITE = re.compile(r"(?:网|网站|门户|平台|频道)$")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def webpage(data: bytes, path: Path) -> Content:
    """The body of a web page, a line for each of its blocks, and the facts that the page states.

    Raises UnreadableFile if the bytes are no text or the elements are nested more than ``DEPTH`` deep.
    """
    return page(characters(data, path), path)


def saved_webpage(data: bytes, path: Path) -> Content:
    """The same of a page saved with all its parts (.mhtml, .mht)."""
    try:
        message = message_from_bytes(data, policy=policy.default)
        for part in message.walk():
            if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
                body = part.get_payload(decode=True)
                if isinstance(body, bytes):
                    return page(characters(body, path, part.get_content_charset() or ""), path)
    except (email.errors.MessageError, RecursionError, LookupError, ValueError) as error:
        raise _no_page(path) from error
    raise _no_page(path)


def page(source: str, path: Path) -> Content:
    """The content of a page from its characters."""
    _check_depth(source, path)
    tree = LexborHTMLParser(source)
    root = tree.body or tree.root
    if root is None:
        return Content("")
    titles = [node for node in tree.css("title") if node.parent is not None and node.parent.tag == "head"]
    fields = list(_meta(tree))
    tree.strip_tags(_DROPPED)
    heads = [_flat(node) for node in tree.css("h1")]
    body, known = _body(tree, root)
    fields += _fields(root, body, known)
    facts = stated(fields)
    title = facts.title or _title([_flat(node) for node in titles], heads)
    kept = [line for line in _lines(body, _AROUND if known else _FRAME) if not _CHROME.fullmatch(line)]
    notes = (*_attachments(body), *_images(body))
    text = normalised("\n".join(_headed(kept, title)))
    return Content(text, replace(facts, title=normalised(title)), notes=notes)


def lines(source: str, path: Path) -> list[str]:
    """All the lines of a page, from its characters: those of a page of a book, which has nothing around it."""
    _check_depth(source, path)
    root = LexborHTMLParser(source).body
    return list(_lines(root, _AROUND)) if root is not None else []


def _headed(lines: list[str], title: str) -> list[str]:
    """The lines with the title on one of its own: put together where the page breaks it, else put first."""
    bare = _bare(title)
    if not bare or not lines:
        return lines
    for start in range(min(12, len(lines))):
        joined = ""
        for end in range(start, min(start + 6, len(lines))):
            joined += _bare(lines[end])
            if joined == bare:
                return [*lines[:start], title, *lines[end + 1 :]]
            if not bare.startswith(joined):
                break
    return lines if bare in _bare("".join(lines[:12])) else [title, *lines]


def characters(data: bytes, path: Path, declared: str = "") -> str:
    """The characters of a page: by byte order mark, by the encoding it declares, else by its content."""
    if any(data.startswith(bom) for bom, _ in BOMS):
        return decoded(data, path)
    found = _META_CHARSET.search(data, 0, 8192) or _XML_CHARSET.match(data)
    for name in (declared, found[1].decode("ascii", "replace") if found else ""):
        text = _read(data, name)
        if text is not None:
            return text
    for name in ("utf-8", "gb18030"):
        text = _read(data, name)
        written = "".join(each for each in text or "" if not each.isascii())
        if text is not None and written and plausibility(written) > PLAUSIBLE:
            return text
    return decoded(data, path)


def _read(data: bytes, name: str) -> str | None:
    """``data`` in the encoding of that name, unless it is none or most plainly another."""
    if not name:
        return None
    try:
        codec = codecs.lookup(name).name
        if codec in ("gb2312", "gbk", "hz"):
            codec = "gb18030"
        text = data.decode(codec, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None
    return text if text.count("\ufffd") <= 1 + DAMAGED * len(text) else None


def _check_depth(source: str, path: Path) -> None:
    depth = deepest = 0
    for tag in _NESTING.finditer(source):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    if deepest > DEPTH:
        raise UnreadableFile(
            f"{path} nests its elements more than {DEPTH} deep; save the page's text as .txt and add it again",
            f"{path} 的网页元素嵌套超过 {DEPTH} 层；请将网页文字另存为 .txt 后重新添加",
        )


def _meta(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """The fields that meta elements state, under the labels that pages use."""
    for node in tree.css("meta[name]"):
        name = {"articletitle": "标题", "pubdate": "发布日期"}.get((node.attributes.get("name") or "").lower())
        if name:
            yield name, _SPACES.sub(" ", node.attributes.get("content") or "").strip()


def _fields(root: LexborNode, body: LexborNode, known: bool) -> list[tuple[str, str]]:
    """The labelled fields around the body; tables of such fields are taken out of the page."""
    found: list[tuple[str, str]] = []
    tables: list[LexborNode] = []
    for node in _elements(root, body if known else None):
        if node.tag in ("td", "th", "dt", "dd", "li", "span", "p", "div", "b", "strong", "label"):
            text = _flat(node, 200)
            pair = labelled(text)
            if pair and pair[1] and any(child.tag in _BLOCKS for child in node.iter()):
                continue
            if pair and pair[1]:
                found.append(pair)
            elif label(text) and (text.rstrip().endswith((":", "：")) or node.tag in ("th", "dt", "td")):
                following = _after(node)
                if following is not None and not label(value := _flat(following, 500)):
                    found.append((label(text), value))
                    if node.tag in ("td", "th") and (table := _table(node)) not in tables and table is not None:
                        tables.append(table)
    for table in tables:
        if sum(bool(label(_flat(cell, 50))) for cell in table.css("td, th")) >= 3 and not _holds(table, body):
            table.decompose()
    return found


def _elements(root: LexborNode, apart: LexborNode | None) -> Iterator[LexborNode]:
    """The elements below ``root`` in the order of the page, without those in ``apart``."""
    stack = [root]
    while stack:
        node = stack.pop()
        if apart is not None and node.mem_id == apart.mem_id:
            continue
        if node.is_element_node:
            yield node
            stack.extend(reversed(list(node.iter())))


def _after(node: LexborNode) -> LexborNode | None:
    """The next element beside ``node``, or beside its parent if it is alone there."""
    for at in (node, node.parent):
        following = at.next if at is not None else None
        while following is not None and not following.is_element_node:
            if _SPACES.sub("", following.text(deep=False) or "") and following.is_text_node:
                return following
            following = following.next
        if following is not None:
            return following
    return None


def _table(node: LexborNode) -> LexborNode | None:
    at = node.parent
    while at is not None and at.tag != "table":
        at = at.parent
    return at


def _holds(outer: LexborNode, inner: LexborNode) -> bool:
    at: LexborNode | None = inner
    while at is not None:
        if at.mem_id == outer.mem_id:
            return True
        at = at.parent
    return False


def _body(tree: LexborHTMLParser, root: LexborNode) -> tuple[LexborNode, bool]:
    """The element that holds the body, and whether the page names it."""
    for selector in BODIES:
        found = tree.css(selector)
        if found:
            best = max(found, key=lambda node: _length(node))
            if _length(best) >= 20:
                return best, True
    return _densest(root), False


def _densest(root: LexborNode) -> LexborNode:
    """The innermost element that holds three quarters of the page's prose; ``root`` if there is none."""
    mass: dict[int, int] = {}
    order: list[LexborNode] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.tag == "a" or _set_aside(node, _FRAME):
            continue
        order.append(node)
        stack.extend(node.iter())
    for node in reversed(order):
        own = _SPACES.sub(" ", node.text(deep=False) or "").strip()
        prose = len(own) if (len(own) >= 15 and _PROSE.search(own)) or node.tag in ("td", "th") else 0
        mass[node.mem_id] = mass.get(node.mem_id, 0) + prose
        if node.parent is not None:
            mass[node.parent.mem_id] = mass.get(node.parent.mem_id, 0) + mass[node.mem_id]
    at, total = root, mass.get(root.mem_id, 0)
    while total:
        inner = [child for child in at.iter() if mass.get(child.mem_id, 0) >= 0.75 * total]
        if not inner or inner[0].tag in ("p", "table", "tbody", "tr", "span", "font"):
            break
        at = inner[0]
    return at


def _length(node: LexborNode) -> int:
    return sum(
        len((piece.text(deep=False) or "").strip())
        for piece in node.traverse(include_text=True)
        if piece.is_text_node
    )


def _set_aside(node: LexborNode, pattern: re.Pattern[str]) -> bool:
    """Whether the page hides the element, or its class or id says that it frames the body."""
    if not node.is_element_node or node.tag in ("body", "html"):
        return False
    attributes = node.attributes
    if _HIDDEN.search(attributes.get("style") or "") or "hidden" in attributes:
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".split()
    return any(pattern.match(name) for name in names) or (
        pattern is _FRAME and node.tag in ("nav", "footer", "aside")
    )


def _lines(top: LexborNode, around: re.Pattern[str]) -> Iterator[str]:
    """The text below ``top``, a line for each block; tables as rows, generated list numbers written out."""
    held: list[str] = []
    numbers: dict[int, str] = {}
    stack: list[tuple[LexborNode, bool]] = [(top, False)]
    while stack:
        node, leaving = stack.pop()
        if node.is_text_node:
            held.append(node.text(deep=False) or "")
            continue
        tag = node.tag or ""
        block = tag in _BLOCKS
        if leaving or tag == "br" or block:
            if line := _line(held):
                yield line
            held.clear()
        if leaving or tag == "br" or not node.is_element_node:
            continue
        if node.mem_id != top.mem_id and (tag in _DROPPED or _set_aside(node, around)):
            continue
        if tag == "table" and (cells := _cells(node)):
            yield from _rows(node, cells)
            continue
        if tag == "sup" and (above := raised(_flat(node, 40))):
            held.append(above)
            continue
        if tag == "ol":
            numbers.update(_numbers(node))
        elif tag == "li" and node.mem_id in numbers:
            held.append(numbers[node.mem_id])
        if block:
            stack.append((node, True))
        stack.extend((child, False) for child in reversed(list(node.iter(include_text=True))))
    if line := _line(held):
        yield line


def _line(pieces: list[str]) -> str:
    return _SPACES.sub(" ", _BROKEN.sub("", "".join(pieces))).strip(" \u3000\u200b\ufeff")


def _rows(table: LexborNode, cells: list[list[str]]) -> list[str]:
    caption = table.css_first("caption")
    heads = len(table.css("thead tr")) or None
    return rows(cells, header_rows=heads, title=_flat(caption) if caption is not None else "").splitlines()


def _cells(table: LexborNode) -> list[list[str]]:
    """The table with merged cells in every place that they cover; empty if it only lays out a page."""
    if table.css_first("table table") is not None or len(list(table.css("table"))) > 1:
        return []
    grid: list[list[str]] = []
    covered: dict[tuple[int, int], str] = {}
    total = 0
    for row, line in enumerate(table.css("tr")):
        cells: list[str] = []
        for cell in line.iter():
            if cell.tag not in ("td", "th"):
                continue
            while (row, len(cells)) in covered:
                cells.append(covered.pop((row, len(cells))))
            text = " ".join(_lines(cell, _AROUND))
            if len(text) > LONGEST_CELL:
                return []
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            total += wide * high
            if total > CELLS:
                return []
            for below in range(1, high):
                covered.update({(row + below, len(cells) + at): text for at in range(wide)})
            cells.extend([text] * wide)
        while (row, len(cells)) in covered:
            cells.append(covered.pop((row, len(cells))))
        grid.append(cells)
    wide_enough = max(map(len, grid), default=0) > 1
    return grid if len(grid) > 1 and wide_enough else []


def _span(cell: LexborNode, name: str) -> int:
    value = (cell.attributes.get(name) or "").strip()
    return min(max(int(value), 1), SPAN) if re.fullmatch(r"[0-9]{1,6}", value) else 1


def _numbers(ordered: LexborNode) -> dict[int, str]:
    """The number that a browser writes before each item of an ``ol``."""
    attributes = ordered.attributes
    if re.search(r"list-style(?:-type)?\s*:\s*none", attributes.get("style") or "", re.IGNORECASE):
        return {}
    start = attributes.get("start") or "1"
    first = int(start) if re.fullmatch(r"-?[0-9]{1,6}", start) else 1
    items = [child for child in ordered.iter() if child.tag == "li"]
    return {item.mem_id: f"{first + place}. " for place, item in enumerate(items)}


def _attachments(body: LexborNode) -> tuple[str, ...]:
    """A note of the files that the body links to."""
    names: dict[str, None] = {}
    for link in body.css("a[href]"):
        href = link.attributes.get("href") or ""
        if _FILE.search(href):
            names.setdefault(_flat(link, 200) or href.rsplit("/", 1)[-1])
    return (f"网页附件（未包含在内）：{'；'.join(names)}",) if names else ()


def _images(body: LexborNode) -> tuple[str, ...]:
    count = sum(not (_set_aside(image, _AROUND) or _small(image)) for image in body.css("img[src]"))
    return (f"网页正文含图片{count}幅，图片中的文字未读取",) if count else ()


def _small(image: LexborNode) -> bool:
    """Whether an image is an icon: at most 64 pixels wide or high, or the mark of a file's type."""
    sizes = [image.attributes.get(name) or "" for name in ("width", "height")]
    icon = re.search(r"icon|fileType|\.gif$", image.attributes.get("src") or "", re.IGNORECASE)
    return bool(icon) or any(re.fullmatch(r"[0-9]{1,2}(?:px)?", size) and int(size[:2]) <= 64 for size in sizes)


def _title(titles: list[str], heads: list[str]) -> str:
    """The page's title: the heading that its ``title`` repeats, else the ``title`` without the site's name."""
    title = titles[0] if titles else ""
    for head in heads:
        if len(head) > 4 and _bare(head) in _bare(title):
            return head
    parts = [part.strip() for part in re.split(r"\s*[-_|–—]+\s*", title) if part.strip()]
    kept = [part for part in parts if not _SITE.search(part)]
    return max(kept, key=len, default="")


def _flat(node: LexborNode, longest: int = 10_000) -> str:
    """The text of an element on one line, as far as its first ``longest`` nodes and characters go."""
    pieces: list[str] = []
    length = 0
    for seen, piece in enumerate(node.traverse(include_text=True)):
        if piece.is_text_node:
            pieces.append(piece.text(deep=False) or "")
            length += len(pieces[-1])
        if length > longest or seen > longest:
            break
    return _line(pieces)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _no_page(path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"{path} holds no web page; save it from the browser again or as .html",
        f"{path} 中没有网页内容；请用浏览器重新保存，或另存为 .html",
    )
