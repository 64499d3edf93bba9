"""Real footnotes in a document of python-docx, which knows none: the part that holds them, and their references."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.text.paragraph import CT_P
    from docx.text.run import Run
    from lxml.etree import _Element

# Word asks for the two lines that part the notes from the page, and for their ids in its settings.
_PART = f"""<w:footnotes {nsdecls("w")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""
_SETTING = f'<w:footnotePr {nsdecls("w")}><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'


class Footnotes:
    """The footnotes of one document, numbered from 1 throughout."""

    def __init__(self, document: Document) -> None:
        part = document.part
        self._root = parse_xml(_PART)
        name = PackURI("/word/footnotes.xml")
        notes = XmlPart(name, CONTENT_TYPE.WML_FOOTNOTES, self._root, part.package)
        part.relate_to(notes, RELATIONSHIP_TYPE.FOOTNOTES)
        document.settings.element.find(qn("w:compat")).addprevious(parse_xml(_SETTING))
        self._text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        self._text.base_style = document.styles["Normal"]
        self._text.font.size = Pt(9)
        self._text.paragraph_format.space_after = Pt(2)
        self._reference = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
        self._reference.font.superscript = True
        self._document = document
        self._last = 0

    def add(self, paragraph: Paragraph, text: str) -> int:
        """Refer, at the paragraph's end, to a new note of ``text``; its number."""
        self._last += 1
        mark = {"w:id": str(self._last)}
        named = {**mark, "w:name": f"_Note{self._last}"}
        paragraph._p.append(_element("w:bookmarkStart", **named))
        self._run(paragraph)._r.append(_element("w:footnoteReference", **mark))
        paragraph._p.append(_element("w:bookmarkEnd", **mark))
        note = _element("w:footnote", **mark)
        self._root.append(note)
        body = cast("CT_P", OxmlElement("w:p"))
        note.append(body)
        content = Paragraph(body, self._document._body)
        content._p.style = self._text.style_id  # as the id, without python-docx's search through all styles
        self._run(content)._r.append(OxmlElement("w:footnoteRef"))
        content.add_run(f" {text}")
        return self._last

    def again(self, paragraph: Paragraph, number: int) -> None:
        """Refer, at the paragraph's end, once more to the note of that number."""
        field = _element("w:fldSimple", **{"w:instr": f" NOTEREF _Note{number} \\h "})
        run = self._run(paragraph, str(number))
        run.font.superscript = True  # itself, for readers that look no style up
        field.append(run._r)
        paragraph._p.append(field)

    def _run(self, paragraph: Paragraph, text: str = "") -> Run:
        """A run in the style of references at the paragraph's end."""
        run = paragraph.add_run(text)
        run._r.style = self._reference.style_id
        return run


def _element(name: str, **attributes: str) -> _Element:
    return OxmlElement(name, {qn(key): value for key, value in attributes.items()})
