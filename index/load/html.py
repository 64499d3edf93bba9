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
from index.load.elements import AROUND, BLOCKS, DROPPED, FRAME, SPACES, flat, lines, set_aside
from index.load.labels import label, labelled, stated
from index.load.text import BOMS, PLAUSIBLE, decoded, normalised, plausibility
from index.types import Content

DEPTH = 10_000  # elements inside each other; building the tree takes time that grows with its square
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

_NESTING = re.compile(
    r"<(/?)(?:address|article|aside|blockquote|center|details|div|dl|fieldset|figure|footer|form|h[1-6]|header|main|"
    r"nav|ol|pre|section|ul)\b",
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
_PROSE = re.compile(r"[，。；：、！？]")
_SITE = re.compile(r"(?:网|网站|门户|平台|频道)$")


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
    tree.strip_tags(DROPPED)
    heads = [flat(node) for node in tree.css("h1")]
    body, known = _body(tree, root)
    fields += _fields(root, body, known)
    facts = stated(fields)
    title = facts.title or _title([flat(node) for node in titles], heads)
    kept = [line for line in lines(body, AROUND if known else FRAME) if not _CHROME.fullmatch(line)]
    notes = (*_attachments(body), *_images(body))
    text = normalised("\n".join(_headed(kept, title)))
    return Content(text, replace(facts, title=normalised(title)), notes=notes)


def every_line(source: str, path: Path) -> list[str]:
    """All the lines of a page, from its characters: those of a page of a book, which has nothing around it."""
    _check_depth(source, path)
    root = LexborHTMLParser(source).body
    return list(lines(root, AROUND)) if root is not None else []


def _headed(kept: list[str], title: str) -> list[str]:
    """The lines with the title on one of its own: put together where the page breaks it, else put first."""
    bare = _bare(title)
    if not bare or not kept:
        return kept
    for start in range(min(12, len(kept))):
        joined = ""
        for end in range(start, min(start + 6, len(kept))):
            joined += _bare(kept[end])
            if joined == bare:
                return [*kept[:start], title, *kept[end + 1 :]]
            if not bare.startswith(joined):
                break
    return kept if bare in _bare("".join(kept[:12])) else [title, *kept]


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
            yield name, SPACES.sub(" ", node.attributes.get("content") or "").strip()


def _fields(root: LexborNode, body: LexborNode, known: bool) -> list[tuple[str, str]]:
    """The labelled fields around the body; tables of such fields are taken out of the page."""
    found: list[tuple[str, str]] = []
    tables: list[LexborNode] = []
    for node in _elements(root, body if known else None):
        if node.tag in ("td", "th", "dt", "dd", "li", "span", "p", "div", "b", "strong", "label"):
            text = flat(node, 200)
            pair = labelled(text)
            if pair and pair[1] and any(child.tag in BLOCKS for child in node.iter()):
                continue
            if pair and pair[1]:
                found.append(pair)
            elif label(text) and (text.rstrip().endswith((":", "：")) or node.tag in ("th", "dt", "td")):
                following = _after(node)
                if following is not None and not label(value := flat(following, 500)):
                    found.append((label(text), value))
                    if node.tag in ("td", "th") and (table := _table(node)) not in tables and table is not None:
                        tables.append(table)
    for table in tables:
        if sum(bool(label(flat(cell, 50))) for cell in table.css("td, th")) >= 3 and not _holds(table, body):
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
            if SPACES.sub("", following.text(deep=False) or "") and following.is_text_node:
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
        if node.tag == "a" or set_aside(node, FRAME):
            continue
        order.append(node)
        stack.extend(node.iter())
    for node in reversed(order):
        own = SPACES.sub(" ", node.text(deep=False) or "").strip()
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


def _attachments(body: LexborNode) -> tuple[str, ...]:
    """A note of the files that the body links to."""
    names: dict[str, None] = {}
    for link in body.css("a[href]"):
        href = link.attributes.get("href") or ""
        if _FILE.search(href):
            names.setdefault(flat(link, 200) or href.rsplit("/", 1)[-1])
    return (f"网页附件（未包含在内）：{'；'.join(names)}",) if names else ()


def _images(body: LexborNode) -> tuple[str, ...]:
    count = sum(not (set_aside(image, AROUND) or _small(image)) for image in body.css("img[src]"))
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


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _no_page(path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"{path} holds no web page; save it from the browser again or as .html",
        f"{path} 中没有网页内容；请用浏览器重新保存，或另存为 .html",
    )
