"""The library as its users see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock
import numpy as np
import pytest
from conftest import HashedEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import library as library_module
from index.errors import (
    EncoderMismatch,
    InvalidQuestion,
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    LibraryFull,
    LibraryReadOnly,
    UnknownDocument,
    UnknownFormat,
    UnreadableFile,
)
from index.lexical import Lexical
from index.library import BESIDE, Library
from index.types import Filters

WATER = """节约用水办法

第一条 为了节约用水，制定本办法。
第二条 单位应当安装水表。
第三条 违反规定的，处五百元罚款。
"""
SOIL = """土壤污染防治办法

第一条 为了防治土壤污染，制定本办法。
第二条 农田禁止倾倒废渣。
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small policies."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "water.txt").write_text(WATER, encoding="utf-8")
    (made / "soil.txt").write_text(SOIL, encoding="utf-8")
    return made


def texts(library: Library, query: str, k: int = 50) -> str:
    return "\n".join(hit.chunk.text for hit in library.search(query, k))


def test_what_was_added_is_found_and_listed(library: Library, folder: Path) -> None:
    report = library.add(folder)
    assert len(report.added) == 2
    assert (report.replaced, report.unchanged, report.failed) == ((), (), ())
    soil, water = sorted(library.documents(), key=lambda summary: "节约" in summary.title)
    assert Path(water.path).name == "water.txt"
    assert water.characters == len(library.document(water.id).text)
    hit = library.search("水表", k=1)[0]
    assert hit.chunk.document_id == water.id
    assert "应当安装水表" in hit.chunk.text
    assert library.search("农田废渣", k=1)[0].chunk.document_id == soil.id


def test_offsets_are_exact_and_the_chunks_join_back(library: Library, folder: Path) -> None:
    for id_ in library.add(folder).added:
        document = library.document(id_)
        chunks = library.chunks(id_)
        assert "".join(chunk.text for chunk in chunks) == document.text
        for chunk in chunks:
            assert document.text[chunk.start : chunk.end] == chunk.text
            assert "".join(span.of(document.text) for span in chunk.sentences) == chunk.text
            assert len(library.sentence_vectors(chunk)) == len(chunk.sentences)
        assert library.sections(id_)[0].kind == "document"


def test_a_hit_has_the_cosine_of_each_of_its_sentences(
    library: Library, folder: Path, encoder: HashedEncoder
) -> None:
    library.add(folder)
    hit = library.search("水表")[0]
    vectors = library.sentence_vectors(hit.chunk)
    assert hit.sentences == pytest.approx(vectors @ encoder.encode_queries(["水表"])[0], abs=1e-3)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(vectors)), abs=1e-2)


def test_an_unchanged_file_costs_nothing(library: Library, folder: Path, encoder: HashedEncoder) -> None:
    first = library.add(folder)
    encoded, version = encoder.passages, library.version
    again = library.add(folder, folder / "water.txt")
    assert sorted(again.unchanged) == sorted(first.added)
    assert again.added == again.replaced == ()
    assert (encoder.passages, library.version) == (encoded, version)


def test_a_changed_file_replaces_its_document(library: Library, folder: Path) -> None:
    library.add(folder)
    (folder / "water.txt").write_text(WATER.replace("五百元", "八千元"), encoding="utf-8")
    report = library.add(folder)
    assert len(report.replaced) == len(report.unchanged) == 1
    assert "八千元" in texts(library, "罚款")
    assert "五百元" not in texts(library, "罚款 五百元")
    assert len(library.documents()) == 2


def test_a_removed_document_is_never_found_again_by_any_handle(library: Library, folder: Path) -> None:
    library.add(folder)
    with Library(library.home, HashedEncoder()) as other:
        hit = other.search("水表", k=1)[0]
        assert "水表" in hit.chunk.text
        library.remove(hit.chunk.document_id)
        for handle in (library, other):
            assert "水表" not in texts(handle, "水表")
            assert handle.search("水表", filters=Filters(documents=(hit.chunk.document_id,))) == ()
            assert "水表" not in handle.lexical
            for read in (handle.document, handle.chunks, handle.sections):
                with pytest.raises(UnknownDocument, match=hit.chunk.document_id):
                    read(hit.chunk.document_id)
            with pytest.raises(UnknownDocument):
                handle.sentence_vectors(hit.chunk)
    with pytest.raises(UnknownDocument):
        library.remove(hit.chunk.document_id)


def test_while_search_is_derived_anew_all_else_is_read(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(folder)
    begun, go_on, build = threading.Event(), threading.Event(), Lexical.build

    def slow(texts: Iterable[str], before: Lexical | None = None) -> Lexical:
        begun.set()
        assert go_on.wait(60)
        return build(texts, before)

    monkeypatch.setattr(Lexical, "build", slow)
    with ThreadPoolExecutor(1) as thread:
        searching = thread.submit(library.search, "水表")
        try:
            assert begun.wait(60)
            first, *_ = library.documents()
            assert library.document(first.id).text
            assert library.version == 2
            library.remove(first.id)
            assert len(library.documents()) == 1
        finally:
            go_on.set()
        assert first.id not in {hit.chunk.document_id for hit in searching.result(60)}


def test_a_search_ends_though_others_never_stop_writing(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(folder)
    (last,) = (one for one in library.documents() if one.path.endswith("water.txt"))
    built: list[int] = []
    build = Lexical.build

    def while_others_write(texts: Iterable[str], before: Lexical | None = None) -> Lexical:
        made = build(texts, before)
        built.append(len(made))
        (folder / "water.txt").write_text(f"{WATER}第{len(built)}次修改。", encoding="utf-8")
        with Library(library.home, HashedEncoder()) as other:
            other.add(folder)
        return made

    monkeypatch.setattr(Lexical, "build", while_others_write)
    assert last.id in {hit.chunk.document_id for hit in library.search("水表")}
    assert len(built) == BESIDE + 1


def test_a_file_that_fails_keeps_no_other_out(library: Library, folder: Path) -> None:
    (folder / "picture.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "empty.txt").write_text("", encoding="utf-8")
    (folder / "soil.xyz").write_text("土壤", encoding="utf-8")
    report = library.add(folder, folder / "missing.txt", folder / "missing.xyz")
    assert len(report.added) == 2
    failed = {Path(path).name: type(error) for path, error in report.failed}
    assert set(failed) == {"picture.txt", "empty.txt", "missing.txt", "missing.xyz", "soil.xyz"}
    assert failed["soil.xyz"] is UnknownFormat


def test_a_file_whose_name_is_not_unicode_is_reported(library: Library, folder: Path) -> None:
    odd = os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt")
    Path(odd).write_text(WATER, encoding="utf-8")
    report = library.add(folder)
    assert len(report.added) == 2
    ((_, error),) = report.failed
    assert isinstance(error, UnreadableFile)
    str(error).encode()


def test_progress_never_falls_and_ends_at_the_number_of_files(library: Library, folder: Path) -> None:
    (folder / "empty.txt").write_text("", encoding="utf-8")
    seen: list[tuple[float, int]] = []
    library.add(folder, progress=lambda done, total, path: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (3, 3)


def test_an_interruption_keeps_what_was_committed_and_goes_on(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(WATER * 400, encoding="utf-8")

    class Interrupted(HashedEncoder):
        def encode_passages(self, passages, progress=None):  # type: ignore[no-untyped-def]
            if self.passages > 100:
                raise KeyboardInterrupt
            return super().encode_passages(passages, progress)

    with Library(tmp_path / "home", Interrupted()) as library:
        with pytest.raises(KeyboardInterrupt):
            library.add(tmp_path)
        kept = len(library.documents())
        assert 0 < kept < 4
    with Library(tmp_path / "home", HashedEncoder()) as library:
        report = library.add(tmp_path)
        assert (len(report.unchanged), len(report.added)) == (kept, 4 - kept)


# who may read and write


def test_a_second_writer_is_told_to_wait(library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "WRITER_PATIENCE", 0.2)
    with filelock.FileLock(library.home / "library.lock"):
        with pytest.raises(LibraryBusy, match="another process is writing"):
            library.add(folder)
        assert library.documents() == ()
    assert len(library.add(folder).added) == 2


def test_two_writers_at_once_both_succeed_in_turn(tmp_path: Path, folder: Path) -> None:
    failures: list[BaseException] = []

    def write(name: str) -> None:
        try:
            with Library(tmp_path / "home", HashedEncoder()) as library:
                library.add(folder / name)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("water.txt", "soil.txt")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Library(tmp_path / "home", HashedEncoder()) as library:
        assert len(library.documents()) == 2


def test_readers_go_on_while_a_writer_works(library: Library, folder: Path) -> None:
    library.add(folder / "water.txt")
    started, finish = threading.Event(), threading.Event()

    class Slow(HashedEncoder):
        def encode_passages(self, passages, progress=None):  # type: ignore[no-untyped-def]
            started.set()
            assert finish.wait(30)
            return super().encode_passages(passages, progress)

    def write() -> None:
        with Library(library.home, Slow()) as writer:
            writer.add(folder / "soil.txt")

    thread = threading.Thread(target=write)
    thread.start()
    assert started.wait(30)
    assert "水表" in texts(library, "水表")
    assert len(library.documents()) == 1
    finish.set()
    thread.join()
    assert "废渣" in texts(library, "废渣")


def test_many_threads_search_and_write_with_one_handle(library: Library, folder: Path) -> None:
    library.add(folder)
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(20):
                for hit in library.search("水表 罚款 土壤"):
                    assert hit.chunk.text
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        (folder / "water.txt").write_text(WATER + f"第四条 共{number}款。\n", encoding="utf-8")
        library.add(folder)
    for thread in threads:
        thread.join()
    assert failures == []


def test_opened_for_reading_it_cannot_be_written(library: Library, folder: Path) -> None:
    library.add(folder)
    (library.home / "lexical.npz").unlink(missing_ok=True)
    with Library(library.home, HashedEncoder(), read_only=True) as reader:
        assert "水表" in texts(reader, "水表")
        for write in (lambda: reader.add(folder), lambda: reader.remove("x"), reader.rebuild):
            with pytest.raises(LibraryReadOnly, match="cannot be written"):
                write()
    assert not (library.home / "lexical.npz").exists()


def test_there_must_be_a_library_to_read(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="policyqa ingest"):
        Library(tmp_path / "none", HashedEncoder(), read_only=True)
    assert not (tmp_path / "none").exists()


def test_a_file_in_the_place_of_the_home_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(LibraryReadOnly, match="home"):
        Library(tmp_path / "home", HashedEncoder())


def test_a_home_that_cannot_be_written_is_searched_all_the_same(library: Library, folder: Path) -> None:
    library.add(folder)
    expected = texts(library, "水表")
    library.close()
    script = """
        import os, sys
        from pathlib import Path
        from conftest import HashedEncoder
        from index.errors import LibraryReadOnly
        from index.library import Library

        def found(library):
            return "\\n".join(hit.chunk.text for hit in library.search("水表", 50))

        home = Path(sys.argv[1])
        with Library(home, HashedEncoder(), read_only=True) as library:
            found(library)
        if os.geteuid() == 0:  # who may write everywhere: go on as "nobody"
            os.setgid(65534)
            os.setuid(65534)
        with Library(home, HashedEncoder()) as library:
            print(found(library), end="")
            try:
                library.remove("x")
            except LibraryReadOnly:
                print("refused", end="")
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        home = shutil.copytree(library.home, Path(elsewhere) / "home")
        for path in (*home.iterdir(), home):
            path.chmod(0o555 if path.is_dir() else 0o444)
        Path(elsewhere).chmod(0o755)
        done = run(script, str(home))
        home.chmod(0o755)
    assert done == expected + "refused"


def run(script: str, *arguments: str) -> str:
    """What a Python process prints."""
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        env={**os.environ, "PYTHONPATH": f"{here}:{here.parent}", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_is_named_and_what_was_there_stays(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk here")
    small, large = tmp_path / "small.txt", tmp_path / "large.txt"
    small.write_text(WATER, encoding="utf-8")
    large.write_text(SOIL * 3000, encoding="utf-8")
    try:
        with Library(disk / "home", HashedEncoder()) as library:
            library.add(small)
            with pytest.raises(LibraryFull, match="full"):
                library.add(large)
            assert "水表" in texts(library, "水表")
        with Library(disk / "home", HashedEncoder()) as library:
            assert len(library.documents()) == 1
    finally:
        subprocess.run(["umount", disk], check=True)


# encoders


def test_another_encoder_is_refused_by_name(library: Library, folder: Path) -> None:
    library.add(folder / "water.txt")
    with Library(library.home, HashedEncoder("other-64")) as other:
        for use in (lambda: other.search("水表"), lambda: other.add(folder / "soil.txt")):
            with pytest.raises(EncoderMismatch, match=r"hashed-64, but other-64 .*policyqa ingest --rebuild"):
                use()
        assert len(other.documents()) == 1


def test_rebuilding_takes_the_present_encoder_and_the_present_files(library: Library, folder: Path) -> None:
    library.add(folder)
    (folder / "water.txt").write_text(WATER.replace("五百元", "八千元"), encoding="utf-8")
    (folder / "soil.txt").unlink()
    with Library(library.home, HashedEncoder("other-64")) as other:
        report = other.rebuild()
        assert len(report.replaced) == 2
        assert "八千元" in texts(other, "罚款")
        assert "废渣" in texts(other, "废渣")
        assert other.encoder_name == "other-64"
        assert other.add(folder).unchanged
    with pytest.raises(EncoderMismatch):
        library.search("水表")
    assert sorted(path.suffix for path in library.home.iterdir() if "rebuild" in path.name) == []


def test_a_rebuild_that_fails_keeps_the_old_state(library: Library, folder: Path) -> None:
    library.add(folder)

    class Broken(HashedEncoder):
        def encode_passages(self, passages, progress=None):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

    version = library.version
    with Library(library.home, Broken("other-64")) as other, pytest.raises(KeyboardInterrupt):
        other.rebuild()
    assert library.version == version
    assert "水表" in texts(library, "水表")


# what is derived


@pytest.mark.parametrize("name", ["lexical.npz", "vectors.npz"])
@pytest.mark.parametrize("harm", ["missing", "truncated", "garbage", "of another library"])
def test_a_derived_file_is_made_anew(library: Library, folder: Path, tmp_path: Path, name: str, harm: str) -> None:
    library.add(folder)
    expected = library.search("水表")
    path = library.home / name
    whole = path.read_bytes()
    if harm == "missing":
        path.unlink()
    elif harm == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif harm == "garbage":
        path.write_bytes(b"\x00" * len(whole))
    else:
        with Library(tmp_path / "other", HashedEncoder()) as other:
            other.add(folder / "soil.txt")
            other.search("废渣")
            path.write_bytes((other.home / name).read_bytes())
    with Library(library.home, HashedEncoder()) as again:
        assert again.search("水表") == expected
    assert path.read_bytes() == whole


def test_a_file_that_is_no_library_is_named(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"something else entirely" * 50)
    with pytest.raises(LibraryDamaged, match=r"library\.sqlite"):
        Library(tmp_path, HashedEncoder())


# queries


@pytest.mark.parametrize("query", ["", "  ", "？！", "\x00", "\ud800"])
def test_an_empty_query_is_refused(library: Library, query: str) -> None:
    with pytest.raises(InvalidQuestion):
        library.search(query)


@pytest.mark.parametrize(
    "query",
    [
        *("水\x00表", "水\ud800表", "\udfff水", "水表😀e\u0301\u200b"),
        *(
            "ﷺ" * 10_000,
            "水表" * 50_000,
            "第" + "九" * 100_000 + "条",
            "第" + "9" * 100_000 + "条",
            "《" * 100_000 + "水",
        ),
    ],
    ids=range(9),
)
def test_hostile_queries_are_answered(library: Library, folder: Path, query: str) -> None:
    library.add(folder)
    assert len(library.search(query, 2)) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(query=st.text(st.characters(), min_size=1).filter(lambda text: any(map(str.isalnum, text))))
def test_any_query_with_a_letter_is_answered(library: Library, folder: Path, query: str) -> None:
    library.add(folder)
    assert len(library.search(query, 1)) == 1


def test_k_must_be_positive(library: Library) -> None:
    with pytest.raises(ValueError, match="k must be at least 1"):
        library.search("水", 0)


def test_an_empty_library_finds_nothing_and_loads_no_encoder(tmp_path: Path) -> None:
    class Unloadable(HashedEncoder):
        def encode_queries(self, texts):  # type: ignore[no-untyped-def]
            raise AssertionError

    with Library(tmp_path, Unloadable()) as library:
        assert library.search("水表") == ()


def test_when_the_last_document_is_gone_any_encoder_may_begin_anew(library: Library, folder: Path) -> None:
    (added,) = library.add(folder / "water.txt").added
    library.remove(added)
    assert library.encoder_name == ""
    assert library.search("水表") == ()
    with Library(library.home, HashedEncoder("other-64")) as other:
        assert other.add(folder / "water.txt").added == (added,)


def test_an_article_of_the_named_law_comes_first(library: Library, folder: Path) -> None:
    library.add(folder)
    hit = library.search("《节约用水办法》第2条", k=1)[0]
    assert "第二条 单位应当安装水表" in hit.chunk.text
