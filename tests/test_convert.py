import os
import shutil
import time
from pathlib import Path

import pytest

from index.errors import MissingExtra, UnreadableFile
from index.load import convert, load

CORPUS = Path(__file__).parents[2] / "shared/corpus"
OFFICE = pytest.mark.skipif(
    not any(map(shutil.which, convert.PROGRAMS)), reason="LibreOffice is not installed here"
)
RTF = rb"{\rtf1\ansi\ansicpg936\uc1 \u-32126?\u32422?\u29992?\u27700?\par 100\u27627?\u20811?\par}"


@pytest.fixture
def rtf(tmp_path: Path) -> Path:
    path = tmp_path / "节水.rtf"
    path.write_bytes(RTF)
    return path


@OFFICE
def test_rtf_is_read(rtf: Path) -> None:
    assert load(rtf).text == "节约用水\n100毫克"


@OFFICE
def test_a_damaged_file_is_refused_or_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "坏.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"))
    with pytest.raises(UnreadableFile, match=r"坏\.doc"):
        load(path)


def test_without_libreoffice_the_way_out_is_named(rtf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingExtra, match="install it") as raised:
        load(rtf)
    assert str(rtf) in str(raised.value)
    assert "请安装" in raised.value.chinese


def test_a_converter_that_hangs_is_ended_with_its_children(
    rtf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "soffice"
    told = tmp_path / "child"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > '{told}'\nwait\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr(convert, "PATIENCE", 5.0)
    started = time.perf_counter()
    with pytest.raises(UnreadableFile, match="longer than"):
        load(rtf)
    assert time.perf_counter() - started < 120  # not the ten minutes of its child
    child = int(told.read_text())
    for _ in range(600):
        if not _runs(child):
            break
        time.sleep(0.1)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@OFFICE
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_both_forms_are_read() -> None:
    for path in sorted((CORPUS / "forms_doc").glob("*.doc")):
        assert "涉嫌环境违法" in load(path).text
