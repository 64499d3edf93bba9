"""What an ingest does with files as they come: large, hostile, unchanged, gone, or there twice."""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import HashedEncoder

from index import workers as workers_module
from index.errors import LibraryError, UnreadableFile
from index.ingest import changes, found, recognised
from index.library import Library
from index.load import Limits
from index.workers import Source, Workers

PAGE = "<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
NOTICE = "".join(
    f"<p>第{number}条 单位{number * 7919}应当安装水表，并于每年{number}月报告用水量。</p>"
    for number in range(1, 40)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two web pages, which are parsed in a process of their own, and a text, which is not; all of an hour ago."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "a.html").write_text(PAGE.format(title="节水办法", body="<p>单位应当安装水表。</p>"), encoding="utf-8")
    (made / "b.html").write_text(PAGE.format(title="土壤办法", body="<p>农田禁止倾倒废渣。</p>"), encoding="utf-8")
    (made / "c.txt").write_text("噪声办法\n\n夜间禁止施工。\n", encoding="utf-8")
    for path in made.iterdir():
        settle(path)
    return made


def settle(path: Path) -> None:
    """Make the file an hour old, so that its time tells that it has not changed."""
    then = time.time() - 3600
    os.utime(path, (then, then))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The files that are read, whether or not they are parsed then."""
    seen: list[Path] = []
    parsed = Workers.parsed

    def counted(self, sources):  # type: ignore[no-untyped-def]
        for source, result in parsed(self, sources):
            seen.append(source.path)
            yield source, result

    monkeypatch.setattr(Workers, "parsed", counted)
    return seen


# files that have not changed


def test_a_file_whose_size_and_time_are_as_before_is_not_read(
    library: Library, folder: Path, reads: list[Path]
) -> None:
    first = library.add(folder)
    assert len(first.added) == len(reads) == 3
    again = library.add(folder)
    assert sorted(again.unchanged) == sorted(first.added)
    assert len(reads) == 3


def test_a_file_that_was_only_touched_is_read_once_and_not_encoded(
    library: Library, folder: Path, reads: list[Path], encoder: HashedEncoder
) -> None:
    library.add(folder)
    version, encoded = library.version, encoder.passages
    then = time.time() - 1800
    os.utime(folder / "a.html", (then, then))
    assert len(library.add(folder).unchanged) == 3
    assert len(library.add(folder).unchanged) == 3
    assert reads[3:] == [folder / "a.html"]
    assert (library.version, encoder.passages) == (version, encoded)


def test_a_file_changed_within_the_same_moment_is_not_taken_for_unchanged(
    library: Library, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("应当安装水表。", encoding="utf-8")
    stat = path.stat()
    library.add(path)
    path.write_text("禁止安装水表。", encoding="utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert len(library.add(path).replaced) == 1
    assert "禁止" in library.search("水表", 1)[0].chunk.text


def test_a_sidecar_that_comes_changes_or_goes_is_noticed(library: Library, folder: Path) -> None:
    library.add(folder)
    sidecar = folder / "c.txt.meta.toml"
    for issuer in ("生态环境部", "水利部", ""):
        if issuer:
            sidecar.write_text(f'issuer = "{issuer}"\n', encoding="utf-8")
            settle(sidecar)
        else:
            sidecar.unlink()
        (changed,) = library.add(folder).replaced
        assert library.document(changed).facts.issuer == issuer


def test_250_files_that_have_not_changed_take_a_moment_and_no_encoder(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(250):
        (files / f"{number}.txt").write_text(f"第{number}号办法\n应当节约用水。\n", encoding="utf-8")
        settle(files / f"{number}.txt")
    with Library(tmp_path / "home", HashedEncoder()) as library:
        library.add(files)
    with Library(tmp_path / "home", None) as library:  # type: ignore[arg-type]
        start = time.process_time()
        assert len(library.add(files).unchanged) == 250
        assert time.process_time() - start < 10  # 0.1 s on a machine that is not busy


def test_one_file_by_two_paths_is_one_document(library: Library, folder: Path) -> None:
    (folder / "link.html").symlink_to(folder / "a.html")
    assert len(library.add(folder, folder / ".." / "files" / "b.html").added) == 3
    assert len(library.documents()) == 3


def test_an_ingest_never_makes_the_search_structures(library: Library, folder: Path) -> None:
    library.add(folder)
    library.add(folder)
    assert not {"lexical.npz", "vectors.npz"} & set(os.listdir(library.home))


# files that are gone


def test_documents_whose_file_is_gone_are_removed(library: Library, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "d.txt"
    elsewhere.write_text("大气办法\n\n禁止露天焚烧。\n", encoding="utf-8")
    library.add(folder, elsewhere)
    (folder / "b.html").unlink()
    elsewhere.unlink()
    assert library.prune(folder) == (str(folder / "b.html"),)
    assert sorted(Path(document.path).name for document in library.documents()) == ["a.html", "c.txt", "d.txt"]
    assert library.prune(folder) == ()


def test_a_folder_that_is_gone_itself_keeps_its_documents(library: Library, folder: Path) -> None:
    library.add(folder)
    folder.rename(folder.with_name("unmounted"))
    assert library.prune(folder) == ()
    assert len(library.documents()) == 3


def test_files_gone_from_an_archive_are_removed_unless_it_cannot_be_opened(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    path = folder / "a.zip"

    def pack(*names: str) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, f"{name}办法\n\n应当节约用水。")
        settle(path)

    pack("节水.txt", "噪声.txt")
    assert len(library.add(folder).added) == 2
    assert library.prune(folder) == ()
    assert len(library.add(folder).unchanged) == 2
    pack("节水.txt")
    assert library.prune(folder) == (f"{path}!/噪声.txt",)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert library.prune(folder) == ()
    path.unlink()
    assert library.prune(folder) == (f"{path}!/节水.txt",)


# documents that are there twice


def notice(path: Path, body: str = NOTICE, title: str = "关于安装水表的通知") -> Path:
    path.write_text(PAGE.format(title=title, body=body), encoding="utf-8")
    return path


def test_one_notice_on_two_sites_is_reported_and_found_once(library: Library, tmp_path: Path) -> None:
    one = notice(tmp_path / "one.html")
    other = notice(tmp_path / "other.html", NOTICE + "<p>本站提供打印服务。</p>")
    first = library.add(one)
    assert first.duplicates == ()
    (twin,) = library.add(other).duplicates
    assert twin.same_as == first.added
    assert {document.id: document.same_as for document in library.documents()} == {
        first.added[0]: (twin.id,),
        twin.id: first.added,
    }
    hits = library.search("安装水表", 50)
    by_document = {
        id_: "".join(hit.chunk.text for hit in hits if hit.chunk.document_id == id_)
        for id_ in (first.added[0], twin.id)
    }
    shown = max(by_document.values(), key=len)
    assert all(shown.count(f"单位{number * 7919}应当") == 1 for number in range(1, 40))
    # Of the other one there is only the chunk with the sentence of its own, if it has one.
    rest = [hit.chunk.text for hit in hits if hit.chunk.text not in shown]
    assert all("打印服务" in text for text in rest)
    assert len(rest) <= 1
    library.remove(twin.id)
    assert [document.same_as for document in library.documents()] == [()]


def test_what_only_the_duplicate_says_is_still_found(library: Library, tmp_path: Path) -> None:
    library.add(notice(tmp_path / "one.html"))
    library.add(notice(tmp_path / "other.html", NOTICE + "<p>夜间禁止施工，违者处五百元罚款。</p>"))
    assert "夜间禁止施工" in "".join(hit.chunk.text for hit in library.search("夜间禁止施工", 50))


def test_the_same_text_under_other_facts_is_a_duplicate_and_another_version_is_none(
    library: Library, tmp_path: Path
) -> None:
    same = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path in same:
        path.write_text("水表办法\n\n单位应当安装水表。\n", encoding="utf-8")
    (tmp_path / "two.txt.meta.toml").write_text('number = "水〔2021〕2号"\n', encoding="utf-8")
    assert len(library.add(*same).duplicates) == 1
    library.add(notice(tmp_path / "2020.html", title="2020年安装水表的通知"))
    assert (
        library.add(
            notice(tmp_path / "2021.html", NOTICE + "<p>特此通知。</p>", "2021年安装水表的通知")
        ).duplicates
        == ()
    )


# limits


def only(limits: Limits, *sources: Source) -> list[str]:
    """What became of the files: a title, or an error's Chinese text."""
    with Workers(limits) as workers:
        return [
            str(result.document.title if hasattr(result, "document") else getattr(result, "chinese", result))
            for _, result in workers.parsed(sources)
        ]


def source(path: Path) -> Source:
    return Source(path, path.stat().st_size if path.exists() else 0)


def test_a_file_of_two_gigabytes_is_refused_by_its_size(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    start = time.process_time()
    ((name, error),) = library.add(path).failed
    assert time.process_time() - start < 10  # a moment; to read it would take longer
    assert name == str(path)
    assert error.chinese == f"{path} 超过 256 MB；请拆分后重新添加"


def test_the_limit_of_size_is_a_parameter(tmp_path: Path, folder: Path) -> None:
    with Library(tmp_path / "home", HashedEncoder(), limits=Limits(largest=100)) as library:
        report = library.add(folder)
    assert sorted(Path(name).name for name, _ in report.failed) == ["a.html", "b.html"]
    assert len(report.added) == 1


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Workers that hang, crash or eat memory when a page's name says so; the folder that holds the pages."""
    (tmp_path / "hostile.py").write_text(
        """
import ctypes, os, time
from index import parsing

parse = parsing.TASKS["parse"]

def hostile(path, *arguments):
    if path.name == "hangs.html":
        while True:
            time.sleep(0.1)
    if path.name == "loops.html":
        ctypes.CDLL(None).pause()
    if path.name == "dies.html":
        os.abort()
    if path.name == "breaks.html":
        raise AssertionError("a bug")
    if path.name == "eats.html":
        held = [bytes(1 << 20) for _ in range(100_000)]
    if path.name == "prints.html":
        os.write(1, b"rubbish")
    return parse(path, *arguments)

parsing.TASKS["parse"] = hostile
parsing.serve()
""",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(workers_module, "_START", "import hostile")
    made = tmp_path / "pages"
    made.mkdir()
    return made


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("hangs.html", "读取 {path} 超过 20 秒；请拆分后重新添加"),
        ("loops.html", "读取 {path} 超过 20 秒；请拆分后重新添加"),
        ("dies.html", "读取 {path} 时程序意外中止（status -6）；请打开后重新保存再添加"),
        ("breaks.html", "读取 {path} 时程序意外中止（AssertionError: a bug）；请打开后重新保存再添加"),
        ("eats.html", "读取 {path} 所需的内存超过 300 MB；请拆分后重新添加"),
        ("prints.html", "办法"),
    ],
)
def test_a_file_that_breaks_its_reader_is_one_line_and_the_next_is_read(tasks: Path, name: str, why: str) -> None:
    sources = []
    for each in ("before.html", name, "after.html", "last.html"):
        (tasks / each).write_text(PAGE.format(title="办法", body="<p>应当节约用水。</p>"), encoding="utf-8")
        sources.append(source(tasks / each))
    patience = 20 if "20 秒" in why else 90  # a slow machine starts a worker in fifteen
    limits = Limits(seconds=patience, memory=300 << 20)
    assert only(limits, *sources) == ["办法", why.format(path=tasks / name), "办法", "办法"]


def test_a_larger_file_may_take_longer_up_to_a_limit() -> None:
    limits = Limits(seconds=10, seconds_per_mib=4, longest=17)
    assert [limits.time(size) for size in (0, 1 << 19, 1 << 20, 1 << 30)] == [10, 12, 14, 17]


def test_a_worker_that_has_nothing_to_do_is_not_ended_by_the_time_of_its_last_file(
    tasks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = tasks.parent / "hostile.py"
    hostile.write_text(
        hostile.read_text(encoding="utf-8").replace("parsing.serve()", "parsing.GRACE = -88\nparsing.serve()")
    )
    pages = [tasks / "a.html", tasks / "b.html"]
    for page in pages:
        page.write_text(PAGE.format(title="办法", body="<p>应当节约用水。</p>"), encoding="utf-8")
    monkeypatch.setattr(workers_module, "PROCESSES", 1)
    monkeypatch.setattr(workers_module, "AHEAD", 1)
    with Workers(Limits(seconds=90)) as workers:  # of which the worker's own alarm leaves two for each file
        results = workers.parsed(map(source, pages))
        assert hasattr(next(results)[1], "document")
        time.sleep(3)
        assert hasattr(next(results)[1], "document")


def test_results_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    sources = []
    for number in range(30):
        path = tmp_path / f"{number}.{'html' if number % 3 else 'txt'}"
        title = f"第{number}号办法"
        text = PAGE.format(title=title, body="<p>节水。</p>" * (200 if number == 1 else 1))
        path.write_text(text if number % 3 else f"{title}\n\n节水。\n", encoding="utf-8")
        sources.append(source(path))
    assert only(Limits(), *sources) == [f"第{number}号办法" for number in range(30)]


def test_leaving_ends_the_processes_whatever_they_are_at(tasks: Path) -> None:
    path = tasks / "loops.html"
    path.write_text("<p>节水</p>", encoding="utf-8")
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)  # Ctrl-C, after a second
    start = time.perf_counter()
    try:
        signal.setitimer(signal.ITIMER_REAL, 1)
        with pytest.raises(KeyboardInterrupt):
            only(Limits(), source(path))
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert time.perf_counter() - start < 60  # it pauses for ever


def test_a_worker_imports_neither_the_encoder_nor_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "frugal.py").write_text(
        """
import sys
from index import parsing

parsing.TASKS["parse"] = lambda *arguments: sorted({"torch", "onnxruntime", "gradio", "faiss"} & sys.modules.keys())
parsing.serve()
""",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(workers_module, "_START", "import frugal")
    page = tmp_path / "a.html"
    page.write_text("<p>节水</p>", encoding="utf-8")
    assert only(Limits(), source(page)) == ["[]"]


def test_a_name_that_shadows_a_module_in_the_working_folder_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    (tmp_path / "html.py").write_text("raise AssertionError", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert only(Limits(), source(folder / "a.html")) == ["节水办法"]


# files that failed


def test_a_file_that_failed_is_tried_again_only_when_something_changed_or_on_demand(
    tmp_path: Path, folder: Path, reads: list[Path]
) -> None:
    bad = folder / "d.docx"
    bad.write_bytes(b"PK\x03\x04 rubbish")
    settle(bad)
    home = tmp_path / "home"
    with Library(home, HashedEncoder()) as library:
        first = library.add(folder)
        assert [name for name, _ in first.failed] == [str(bad)]
        assert first.untried == ()
        reads.clear()
        second = library.add(folder)
        assert (second.untried, reads) == ((str(bad),), [])
        ((name, error),) = second.failed
        assert (name, type(error), error.chinese) == (str(bad), UnreadableFile, first.failed[0][1].chinese)
        assert library.add(folder, retry=True).untried == ()
        assert reads == [bad]
        bad.chmod(0o640)
        assert library.add(folder).untried == ()
    with Library(home, HashedEncoder(), limits=Limits(pages=7)) as library:
        assert library.add(folder).untried == ()
        bad.write_bytes(b"")
        settle(bad)
        assert "没有任何文字" in library.add(folder).failed[0][1].chinese
        assert library.add(folder).untried == (str(bad),)
        bad.unlink()
        assert library.add(folder).failed == ()


# reports


def test_a_report_tells_what_came_in(library: Library, folder: Path) -> None:
    (folder / "d.md").write_text("# 办法\n\n第一条 应当节水。\n\n第二条 禁止浪费。\n", encoding="utf-8")
    report = library.add(folder)
    assert tuple(arrival.id for arrival in report.arrivals) == report.added
    last = report.arrivals[-1]
    assert (Path(last.path).name, last.title, last.pages, last.recognised) == ("d.md", "办法", 0, 0)
    assert last.characters == len(library.document(last.id).text)
    assert last.sections == len(library.sections(last.id)) - 1


@pytest.mark.parametrize(
    ("notes", "expected"),
    [((), 0), (("第1、3-5页经文字识别，可能有个别错字", "第9页已损坏，未读取"), 4), (("含图片2幅",), 0)],
)
def test_pages_read_by_ocr_are_counted_from_the_notes(notes: tuple[str, ...], expected: int) -> None:
    assert recognised(notes) == expected


# watching


def test_changes_are_given_when_files_have_settled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = changes([folder], 0.05)
    steps = iter([lambda: None, lambda: (folder / "a.html").unlink(), lambda: touch(folder / "b.html", "改")])

    def sleep(seconds: float) -> None:
        next(steps)()

    monkeypatch.setattr("index.ingest.time.sleep", sleep)
    assert next(seen) == ()
    assert next(seen) == (folder / "b.html",)


def touch(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    settle(path)


def test_a_file_that_is_still_being_written_is_left_until_it_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    steps = iter([lambda: path.write_text("一半"), lambda: path.write_text("一半一半"), lambda: settle(path)])
    monkeypatch.setattr("index.ingest.time.sleep", lambda seconds: next(steps)())
    assert next(changes([tmp_path], 1)) == (path,)
    assert next(steps, None) is None


def test_a_file_that_cannot_be_looked_at_has_no_state() -> None:
    assert found(Path("/nowhere/a.txt")).state == ""
    assert found(Path("a\0b.txt")).state == ""


def test_a_library_of_an_earlier_version_says_what_to_do(library: Library) -> None:
    library.close()
    connection = sqlite3.connect(library.home / "library.sqlite")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    with pytest.raises(LibraryError, match="delete it and run 'policyqa ingest' again"):
        Library(library.home, HashedEncoder())


def test_errors_pass_between_processes() -> None:
    error = pickle.loads(pickle.dumps(UnreadableFile("english", "中文")))
    assert (type(error), str(error), error.chinese) == (UnreadableFile, "english", "中文")
