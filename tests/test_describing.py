"""A document's facts are corrected in its sidecar, which is never left half written, wrong or behind."""

from __future__ import annotations

import os
import stat
import threading
import time
import tomllib
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import filelock
import pytest
from conftest import HashedEncoder
from hypothesis import given
from hypothesis import strategies as st

from assistant import describing
from assistant.describing import FIELDS, correct, identified, merged
from index import library as library_module
from index.errors import InvalidFact, LibraryBusy, PolicyError, Undescribable, UnknownDocument, UnreadableFile
from index.library import Library
from index.load import Limits
from index.metadata import facts as told
from index.types import DAYS, Content, Facts

TEXT = "云溪市节水办法\n\n云政发〔2024〕7号\n\n第一条　推广节水型器具。\n第二条　本办法自2024年5月1日起施行。\n"


@pytest.fixture
def file(library: Library, tmp_path: Path) -> Path:
    """A document's file, in the library."""
    path = tmp_path / "files" / "节水办法.txt"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    library.add(path)
    return path


def sidecar(file: Path) -> Path:
    return file.with_name(file.name + ".meta.toml")


def only(library: Library) -> str:
    """The id of the only document."""
    (one,) = library.documents()
    return one.id


def beside(file: Path) -> list[str]:
    """What else is in the folder."""
    return sorted(path.name for path in file.parent.iterdir() if path != file)


# What the sidecar says


@given(
    st.dictionaries(st.sampled_from([name for name in FIELDS if name not in DAYS]), st.text()),
    st.dictionaries(st.sampled_from(sorted(DAYS)), st.dates()),
)
def test_whatever_is_written_is_read_again(words: Mapping[str, str], days: Mapping[str, date]) -> None:
    before = "\ufeff# 手写的说明\r\ntitle = '旧' # 旧标题\r\noccasion = \"会议\"\r\n".encode()
    after = merged(before, {**words, **days})
    known = told(Content(""), Path("甲.txt"), after)
    for name, value in {"title": "旧", "occasion": "会议", **words, **days}.items():
        assert getattr(known, name) == value
    assert "# 手写的说明" in after.decode()


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("", {"title": "甲"}, 'title = "甲"\n'),
        (
            "title = '甲' # 手写\n",
            {"title": "乙", "date": date(2024, 1, 2)},
            'title = "乙" # 手写\ndate = 2024-01-02\n',
        ),
        ("title = '甲'\nissuer = '乙'\n", {"title": None}, "issuer = '乙'\n"),
        ("title = '甲'\n", {"title": None, "number": None}, ""),
        ("# 说明\ntitle = '甲'\n", {"title": None}, "# 说明\n"),
        ("", {"title": 'a"b\\c\n\x00\x7f“”'}, 'title = "a\\"b\\\\c\\n\\u0000\\u007f“”"\n'),
    ],
)
def test_keys_and_comments_that_are_there_stay(
    before: str, changes: Mapping[str, str | date | None], after: str
) -> None:
    assert merged(before.encode(), changes).decode() == after


# Correcting


def test_what_is_corrected_is_known_at_once_and_an_empty_value_lets_the_rules_speak_again(
    library: Library, file: Path
) -> None:
    id_ = only(library)
    (before,) = library.documents()
    assert (before.title, before.facts.number, before.facts.date) == ("云溪市节水办法", "云政发〔2024〕7号", None)
    given = {"title": ' "节水"\\办法 ', "date": "2023-04-05", "status": "已废止", "region": "湖北省"}
    assert correct(library, id_, given) == id_
    facts = library.document(id_).facts
    assert (facts.title, facts.date, facts.status, facts.region) == (
        '"节水"\\办法',
        date(2023, 4, 5),
        "已废止",
        "湖北省",
    )
    assert facts.number == "云政发〔2024〕7号"
    assert tomllib.loads(sidecar(file).read_text(encoding="utf-8")) == {
        "title": '"节水"\\办法',
        "date": date(2023, 4, 5),
        "status": "已废止",
        "region": "湖北省",
    }
    assert [hit.chunk.document_id for hit in library.search("节水型器具")][:1] == [id_]
    correct(library, id_, {"number": "云政发〔2023〕1号", "date": ""})
    facts = library.document(id_).facts
    assert (facts.number, facts.date, facts.status) == ("云政发〔2023〕1号", None, "已废止")
    correct(library, id_, {"title": "", "status": " ", "region": "", "number": ""})
    assert library.documents() == (before,)
    assert beside(file) == []


def test_a_file_that_was_written_just_now_is_not_taken_for_unchanged(library: Library, file: Path) -> None:
    """Neither here nor when the folder is added again later, where size and time of the sidecar are the same."""
    id_ = only(library)
    for title in ("甲办法", "乙办法"):
        correct(library, id_, {"title": title})
        assert library.document(id_).title == title
    assert library.add(file.parent).unchanged == (id_,)
    assert library.document(id_).title == "乙办法"


def test_what_changes_nothing_writes_nothing(library: Library, file: Path) -> None:
    id_ = only(library)
    correct(library, id_, {"title": "甲"})
    state, version = sidecar(file).stat(), library.version
    correct(library, id_, {"title": "甲", "issuer": ""})
    correct(library, id_, {})
    assert (sidecar(file).stat().st_mtime_ns, library.version) == (state.st_mtime_ns, version)


def test_a_sidecar_can_be_read_by_whoever_reads_the_file(library: Library, file: Path) -> None:
    file.chmod(0o644)
    correct(library, only(library), {"title": "甲"})
    assert stat.S_IMODE(sidecar(file).stat().st_mode) == 0o644
    sidecar(file).chmod(0o664)
    correct(library, only(library), {"title": "乙"})
    assert stat.S_IMODE(sidecar(file).stat().st_mode) == 0o664
    assert beside(file) == [sidecar(file).name]


def test_a_document_is_named_by_its_id_or_its_path(
    library: Library, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    assert {identified(library, each) for each in (only(library), str(file), file.name)} == {only(library)}
    with pytest.raises(UnknownDocument, match="no document has the id or the path '没有'"):
        identified(library, "没有")


def test_of_two_corrections_at_once_none_is_lost(library: Library, file: Path) -> None:
    id_ = only(library)
    given = [{"title": "甲"}, {"issuer": "乙部"}, {"number": "丙〔2024〕1号"}, {"kind": "办法"}]
    threads = [
        threading.Thread(target=correct, args=(library, id_, each), kwargs={"seconds": 60}) for each in given
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    facts = library.document(id_).facts
    assert (facts.title, facts.issuer, facts.number, facts.kind) == ("甲", "乙部", "丙〔2024〕1号", "办法")


def test_the_fields_are_facts_that_a_sidecar_may_hold() -> None:
    assert FIELDS.keys() < Facts.__dataclass_fields__.keys()
    assert FIELDS.keys() > DAYS


# What cannot be


@pytest.mark.parametrize(
    ("facts", "chinese"),
    [
        ({"date": "2021-02-30"}, "日期“2021-02-30”不是有效的日期；请写成 2021-01-31 的样子"),
        ({"date": "20210101"}, "日期“20210101”不是有效的日期；请写成 2021-01-31 的样子"),
        ({"expires": "２０２１-01-01"}, "有效期至“２０２１-01-01”不是有效的日期；请写成 2021-01-31 的样子"),
        ({"status": "有效"}, "时效不能是“有效”；请从现行、已修改、已废止、失效中选一个"),
        ({"level": "国家"}, "层级不能是“国家”；请从中央、部委、省、市、县中选一个"),
        ({"title": "\ud800"}, "标题不是有效的文字；请重新输入"),
        (
            {"colour": "红"},
            "不能更正 'colour'；可以更正的是标题、发文机关、发文字号、日期、时效、地区、层级、文种、公布日期、施行日期、有效期至",
        ),
    ],
)
def test_a_fact_that_cannot_be_is_refused_with_a_word_on_what_can(
    library: Library, file: Path, facts: Mapping[str, str], chinese: str
) -> None:
    with pytest.raises(InvalidFact) as refused:
        correct(library, only(library), {"issuer": "某部", **facts})
    assert refused.value.chinese == chinese
    assert beside(file) == []


def test_an_unknown_document_is_said_to_be_unknown(library: Library) -> None:
    with pytest.raises(UnknownDocument):
        correct(library, "没有", {"title": "甲"})


def refused(library: Library, document_id: str) -> str:
    """What people are told of a correction that cannot be; the library is as it was."""
    version = library.version
    with pytest.raises(Undescribable) as error:
        correct(library, document_id, {"title": "甲"})
    assert library.version == version
    assert str(error.value).isascii() or "节水" in str(error.value)
    return error.value.chinese


def test_a_file_that_changed_or_is_gone_is_not_described(library: Library, file: Path) -> None:
    changed = "节水办法.txt 或旁边的 .meta.toml 文件在收录后有改动；请先重新收录，再更正"
    sidecar(file).write_text("title = '手写'\n", encoding="utf-8")
    assert refused(library, only(library)) == changed
    assert sidecar(file).read_text(encoding="utf-8") == "title = '手写'\n"
    sidecar(file).unlink()
    file.write_text(TEXT + "另文\n", encoding="utf-8")
    assert refused(library, only(library)) == changed
    file.unlink()
    assert refused(library, only(library)) == "节水办法.txt 已不在原处，无法更正；请放回原处，或在新的位置重新收录"
    assert beside(file) == []


def test_a_file_in_an_archive_is_not_described(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "包.zip", "w") as archive:
        archive.writestr("内/节水办法.txt", TEXT)
    library.add(tmp_path / "包.zip")
    assert refused(library, only(library)) == (
        "节水办法.txt 在压缩包 包.zip 中，无法更正；请解压后收录其中的文件，或在压缩包内它的旁边放入 节水办法.txt.meta.toml"
    )


def test_a_sidecar_that_cannot_be_written_is_said_so_and_leaves_nothing(library: Library, tmp_path: Path) -> None:
    long = (
        tmp_path / "files" / ("节水" * 41 + ".txt")
    )  # 250 bytes: with .meta.toml more than the 255 of a file system
    long.parent.mkdir()
    long.write_text(TEXT, encoding="utf-8")
    library.add(long)
    assert refused(library, only(library)) == (
        f"{long.name}.meta.toml 无法写入（{os.strerror(36)}）；请修改文件所在文件夹的权限，或缩短文件名"
    )
    assert beside(long) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said_so(library: Library, file: Path) -> None:
    file.parent.chmod(0o500)
    assert "请修改文件所在文件夹的权限" in refused(library, only(library))
    file.parent.chmod(0o700)


# Whatever fails, the sidecar is as it was


@pytest.mark.parametrize("before", ["", "title = '旧' # 手写\n"])
def test_if_reading_fails_the_sidecar_is_as_it_was(
    library: Library, file: Path, encoder: HashedEncoder, before: str
) -> None:
    if before:
        sidecar(file).write_text(before, encoding="utf-8")
        library.add(file)
    known, state = library.documents(), sidecar(file).stat() if before else None
    limits = Limits(largest=len(TEXT.encode()))  # which the file itself does not exceed
    with Library(library.home, encoder, limits=limits) as strict, pytest.raises(UnreadableFile) as error:
        correct(strict, only(library), {"title": "新" * 100, "issuer": "某部"})
    assert error.value.chinese.startswith(sidecar(file).name)
    assert str(file.parent) not in error.value.chinese
    assert library.documents() == known
    assert beside(file) == ([sidecar(file).name] if before else [])
    if state:
        assert sidecar(file).read_text(encoding="utf-8") == before
        assert sidecar(file).stat().st_mtime_ns == state.st_mtime_ns


def test_if_the_library_cannot_be_written_the_sidecar_is_as_it_was(
    library: Library, file: Path, encoder: HashedEncoder
) -> None:
    with (
        Library(library.home, encoder, read_only=True) as reader,
        pytest.raises(PolicyError, match="cannot be written"),
    ):
        correct(reader, only(library), {"title": "甲"})
    assert beside(file) == []


def test_a_correction_waits_while_another_writes_as_long_as_it_may(
    library: Library, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "WRITER_PATIENCE", 0.1)
    monkeypatch.setattr(describing, "WRITER_PATIENCE", 0.1)
    waited: list[float] = []
    lock = filelock.FileLock(library.home / "library.lock")
    with lock, pytest.raises(LibraryBusy):
        correct(library, only(library), {"title": "甲"})
    assert beside(file) == []

    def going_on(done: float, total: int, path: str) -> None:
        waited.append(time.monotonic())
        lock.release()

    lock.acquire()
    correct(library, only(library), {"title": "甲"}, going_on, seconds=60)
    assert waited
    assert library.document(only(library)).title == "甲"

    def ending(done: float, total: int, path: str) -> None:
        raise InterruptedError

    with lock, pytest.raises(InterruptedError):
        correct(library, only(library), {"title": "乙"}, ending, seconds=60)
    assert tomllib.loads(sidecar(file).read_text(encoding="utf-8")) == {"title": "甲"}
