import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from index.errors import EmptyDocument, LoadError, UnknownFormat, UnreadableFile
from index.load import archive, files, load, present

TEXT = "关于节约用水的通知\n各区人民政府：用水总量控制在12亿立方米以内。"


def zipped(entries: dict[str, str | bytes], compression: int = ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w", compression) as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return made.getvalue()


def write(folder: Path, entries: dict[str, str | bytes], name: str = "甲.zip") -> Path:
    path = folder / name
    path.write_bytes(zipped(entries))
    return path


def names(folder: Path, found: tuple[Path, ...]) -> list[str]:
    return [str(path.relative_to(folder)) for path in found]


def test_each_file_in_an_archive_is_a_document_of_its_own(tmp_path: Path) -> None:
    inner = zipped({"丙.txt": TEXT, "更深.zip": zipped({"丁.txt": TEXT})})
    path = write(
        tmp_path,
        {
            "内部/通知.txt": TEXT,
            "内部/通知.txt.meta.toml": 'issuer = "青州市水务局"\n',
            "页.html": "<html><p>节约用水</p></html>",
            "乙.zip": inner,
            ".DS_Store": "x",
            "__MACOSX/._通知.txt": "x",
            "~$通知.docx": "x",
            "图.png": "x",
        },
    )
    found = files([tmp_path])
    assert names(tmp_path, found) == [
        "甲.zip!/内部/通知.txt",
        "甲.zip!/页.html",
        "甲.zip!/乙.zip!/丙.txt",
        "甲.zip!/乙.zip!/更深.zip",
        "甲.zip!/图.png",
    ]
    assert files([path]) == found
    document = load(found[0])
    assert document.text == TEXT
    assert document.path == str(found[0])
    assert document.facts.issuer == "青州市水务局"
    assert load(found[1]).text == "节约用水"
    assert load(found[2]).text == TEXT
    assert len({load(member).id for member in found[:3]}) == 3
    with pytest.raises(UnreadableFile, match="unpack it"):
        load(found[3])
    with pytest.raises(UnknownFormat):
        load(found[4])
    assert present(found[0])
    assert present(path)
    assert not present(path.with_name("甲.zip!") / "无.txt")


def test_names_in_gb18030_are_read_as_they_were_written(tmp_path: Path) -> None:
    made = io.BytesIO()
    with ZipFile(made, "w") as package:
        package.writestr("AAAAAAAA.txt", TEXT)  # "节约用水" has 8 bytes in GB 18030
    path = tmp_path / "a.zip"
    path.write_bytes(made.getvalue().replace(b"AAAAAAAA", "节约用水".encode("gb18030")))
    assert names(tmp_path, files([path])) == ["a.zip!/节约用水.txt"]
    assert load(files([path])[0]).text == TEXT


def test_names_that_point_out_of_the_archive_stay_inside(tmp_path: Path) -> None:
    entries: dict[str, str | bytes] = dict.fromkeys(
        ["../../etc/a.txt", "/root/b.txt", "C:\\windows\\c.txt", "x/./../d.txt"], TEXT
    )
    path = write(tmp_path, entries)
    found = files([path])
    assert names(tmp_path, found) == [
        "甲.zip!/etc/a.txt",
        "甲.zip!/root/b.txt",
        "甲.zip!/windows/c.txt",
        "甲.zip!/x/d.txt",
    ]
    assert all(load(member).text == TEXT for member in found)
    assert sorted(child.name for child in tmp_path.iterdir()) == ["甲.zip"]


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    path = write(tmp_path, {"a.txt": bytes(40 << 20)})
    assert files([path]) == (path,)
    with pytest.raises(UnreadableFile, match="more than is allowed") as raised:
        load(path)
    assert str(path) in raised.value.chinese
    many = write(tmp_path, {f"{number}.txt": "x" for number in range(5001)}, "多.zip")
    with pytest.raises(UnreadableFile, match="5001 files"):
        load(files([many])[0])


def test_a_bomb_inside_keeps_no_other_file_from_being_read(tmp_path: Path) -> None:
    bomb = zipped({"a.txt": bytes(40 << 20)})
    path = write(tmp_path, {"弹.zip": bomb, "好.txt": TEXT})
    first, second = files([path])
    with pytest.raises(UnreadableFile, match=r"弹\.zip"):
        load(first)
    assert load(second).text == TEXT


def test_a_file_that_declares_a_false_size_or_is_damaged_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"a.txt": TEXT * 50})
    data = bytearray(path.read_bytes())
    data[60:70] = bytes(10)
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableFile, match=r"a\.txt"):
        load(files([path])[0])


def test_an_encrypted_file_says_so(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": TEXT}))
    data[6] |= 1  # the flag in the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableFile, match="protected by a password"):
        load(files([path])[0])


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"PK\x03\x04 cut", b"text", zipped({"a/": b""})])
def test_an_archive_with_nothing_to_read_is_one_refusal(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "空.zip"
    path.write_bytes(data)
    assert files([path]) == (path,)
    with pytest.raises((UnreadableFile, EmptyDocument), match=r"空\.zip"):
        load(path)


def test_a_document_that_is_a_zip_file_is_no_archive(tmp_path: Path) -> None:
    path = write(tmp_path, {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})
    assert files([path]) == (path,)
    with pytest.raises(EmptyDocument):
        load(path)


def test_a_folder_whose_name_ends_like_an_address_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a.zip!"
    folder.mkdir()
    (folder / "b.txt").write_text(TEXT, encoding="utf-8")
    assert load(folder / "b.txt").text == TEXT
    assert archive.split(folder / "b.txt") == (folder / "b.txt", ())


@pytest.mark.parametrize(
    ("name", "data", "note"),
    [
        ("a.docx", b"<html><body><p>\xe8\x8a\x82\xe6\xb0\xb4</p></body></html>", "实际格式为.html"),
        ("a.xls", b"\xef\xbb\xbf<html><body><p>\xe8\x8a\x82\xe6\xb0\xb4</p></body></html>", "实际格式为.html"),
        (
            "a.pdf",
            b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>\xe8\x8a\x82\xe6\xb0\xb4",
            "实际格式为.mhtml",
        ),
    ],
)
def test_a_wrong_extension_is_seen_through(tmp_path: Path, name: str, data: bytes, note: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    document = load(path)
    assert document.text.strip() == "节水"
    assert note in document.notes[0]


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".xls", ".pptx", ".ofd", ".epub", ".pdf", ".mhtml", ".zip"])
@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02" * 300,
        b"text",
        b"PK\x03\x04" + bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000),
    ],
)
def test_rubbish_of_every_name_is_refused_in_one_line(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"乱{suffix}"
    path.write_bytes(data)
    with pytest.raises(LoadError) as raised:
        load(path)
    assert str(path) in str(raised.value)
    assert str(path) in raised.value.chinese
    assert "\n" not in str(raised.value)


def test_a_member_keeps_its_zip_info_name(tmp_path: Path) -> None:
    info = ZipInfo("节水/a.txt")
    made = io.BytesIO()
    with ZipFile(made, "w") as package:
        package.writestr(info, TEXT)
    path = tmp_path / "b.ZIP"
    path.write_bytes(made.getvalue())
    assert names(tmp_path, files([path])) == ["b.ZIP!/节水/a.txt"]
    assert load(files([path])[0]).text == TEXT
