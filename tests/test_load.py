import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import EmptyDocument, LoadError, UnknownFormat, UnreadableFile
from index.load import SUFFIXES, files, load
from index.load.text import decoded, normalised

TEXT = "关于节约用水的通知\n各区人民政府：2023年用水总量控制在１２亿立方米以内。"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("gb18030"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode("gb18030"),
        TEXT.replace("\n", "\r").encode("utf-16"),
    ],
)
def test_every_encoding_and_line_end_gives_the_same_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "通知.txt"
    path.write_bytes(data)
    assert load(path).text == TEXT


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xb9\xfa\xce\xf1\xd4\xba", "国务院"),  # GB 2312
        (b"\xb9\xfa\xce\xf1\x81\x39\xee\x39", "国务㐀"),  # the last of them in four bytes, GB 18030
        (b"\xfd\x56\x0d\x4e\x87\x65", "国不文"),  # UTF-16, little end first, no byte order mark
        (b"a\x00b\x00c\x00\n\x00", "abc\n"),
        (b"plain ASCII, 1.5%", "plain ASCII, 1.5%"),
        ("節約用水，保護環境".encode("gb18030"), "節約用水，保護環境"),
    ],
)
def test_known_bytes_are_read_as_they_were_written(data: bytes, text: str) -> None:
    assert decoded(data, Path("a.txt")) == text


# the 3,755 common characters of GB 2312: rows B0 to D7, of which the last ends at F9
PAIRS = [(row, cell) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF if row < 0xD7 else 0xFA)]
COMMON = "".join(bytes(pair).decode("gb2312") for pair in PAIRS)


@given(st.text(st.sampled_from(COMMON + "，。；、"), min_size=8))
def test_a_gb18030_file_is_never_taken_for_another_encoding(text: str) -> None:
    assert decoded(text.encode("gb18030"), Path("a.txt")) == text


@given(st.text(st.sampled_from(COMMON + "，。；、"), min_size=8), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_a_utf_16_file_needs_no_byte_order_mark(text: str, encoding: str) -> None:
    text += "的通知"  # bytes that no UTF-8 has
    assert decoded(text.encode(encoding), Path("a.txt")) == text


def test_normalising_removes_controls_and_alters_nothing_else() -> None:
    assert (
        normalised("\ufeff甲\x00乙\x07\t１．５％\r\n丙\r丁\x0b\x85　\u200b戊\ud800")
        == "甲乙\t１．５％\n丙\n丁　\u200b戊"
    )


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once


def test_markdown_comments_are_gone_and_the_rest_is_the_source(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 标题\n\n<!-- INFO END -->\n\n正文<!-- 注\n释 -->继续。\n<!-- 未完\n", encoding="utf-8")
    assert load(path).text == "# 标题\n\n\n正文继续。\n<!-- 未完\n"


def test_a_document_knows_its_path_facts_and_content(tmp_path: Path) -> None:
    path = tmp_path / "节水办法(2021-12-24).txt"
    path.write_text(TEXT, encoding="utf-8")
    plain_document = load(path)
    sidecar = b'issuer = "\xe6\xb0\xb4\xe5\x8a\xa1\xe5\xb1\x80"\n'
    (tmp_path / "节水办法(2021-12-24).txt.meta.toml").write_bytes(sidecar)
    document = load(path)
    assert document.id == hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    assert document.content_hash == hashlib.sha256(TEXT.encode() + sidecar).hexdigest()
    assert document.content_hash != plain_document.content_hash
    assert (document.title, document.facts.issuer) == ("关于节约用水的通知", "水务局")
    assert document.facts.date == date(2021, 12, 24)


@pytest.mark.parametrize(
    ("name", "data", "error", "english", "chinese"),
    [
        ("a.txt", None, UnreadableFile, "does not exist", "不存在"),
        ("a.txt", b"", EmptyDocument, "holds no text", "没有任何文字"),
        ("a.txt", " \n　\t\n".encode(), EmptyDocument, "holds no text", "没有任何文字"),
        ("a.txt", b"\xef\xbb\xbf", EmptyDocument, "holds no text", "没有任何文字"),
        ("a.md", b"<!-- only a comment -->", EmptyDocument, "holds no text", "没有任何文字"),
        ("a.txt", bytes(range(256)) * 8, UnreadableFile, "is not text", "不是"),
        (
            "a.txt",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00",
            UnreadableFile,
            "is not text",
            "不是",
        ),
        ("a.txt", bytes(1000), UnreadableFile, "is not text", "不是"),
        ("a.txt", "café, déjà vu".encode("latin-1"), UnreadableFile, "is not text", "不是"),
        ("a.xyz", b"text", UnknownFormat, "unknown type", "无法识别"),
        ("a", b"text", UnknownFormat, "unknown type", "无法识别"),
        ("a" * 300 + ".txt", None, UnreadableFile, "cannot be read", "无法读取"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_named_in_both_languages(
    tmp_path: Path, name: str, data: bytes | None, error: type[LoadError], english: str, chinese: str
) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(error) as raised:
        load(path)
    assert str(path) in str(raised.value)
    assert english in str(raised.value)
    assert str(path) in raised.value.chinese
    assert chinese in raised.value.chinese


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="is a folder"):
        load(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="may not be read"):
        load(path)


def test_a_name_too_long_for_a_sidecar_is_loaded_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / ("长" * 83 + ".txt")  # 253 bytes, of 255 that a file system allows
    path.write_text(TEXT, encoding="utf-8")
    assert load(path).text == TEXT


def test_folders_are_expanded_without_hidden_files_and_sidecars(tmp_path: Path) -> None:
    names = ["b.txt", "b.txt.meta.toml", "a.md", "c.xyz", ".hidden.txt", "~$c.txt", "d/e.TXT", ".git/f.txt"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    found = files([tmp_path, tmp_path / "b.txt", tmp_path / "missing.txt"])
    assert [str(path.relative_to(tmp_path)) for path in found] == [
        "a.md",
        "b.txt",
        "c.xyz",
        "d/e.TXT",
        "missing.txt",
    ]
    assert load(tmp_path / "d/e.TXT").text == TEXT
    assert {".txt", ".md", ".markdown"} <= set(SUFFIXES)


@pytest.mark.parametrize("name", ["a.txt", "a.pdf"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(UnreadableFile) as raised:
        load(tmp_path / name)
    assert raised.value.chinese == f"{tmp_path / name} 不是普通文件（管道或设备）；请指定文件"


def test_links_that_go_round_in_a_circle_are_one_line_each(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "folder").symlink_to(tmp_path)
    assert [path.name for path in files([tmp_path])] == ["a.txt", "b.txt"]
    with pytest.raises(UnreadableFile, match=r"a\.txt"):
        load(tmp_path / "a.txt")


def test_a_missing_file_is_missing_whatever_its_type(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as raised:
        load(tmp_path / "无.xyz")
    assert raised.value.chinese == f"{tmp_path / '无.xyz'} 不存在；请检查路径后重新添加"
