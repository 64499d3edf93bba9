"""What the doctor sees: the parts, the library, the files behind it and one question."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import main
from assistant.doctor import Finding, examine
from assistant.settings import Settings


def findings(home: Path, cache: Path, **changes: str) -> dict[str, Finding]:
    chosen = Settings(home=home, cache=cache, documents=Path(__file__).parents[1] / "documents", **changes)
    return {finding.name: finding for finding in examine(chosen)}


@pytest.fixture(autouse=True)
def cache_of_the_run(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_CACHE", str(cache))


def test_a_sound_installation_is_well_from_the_parts_to_an_answer(home: Path, cache: Path) -> None:
    found = findings(home, cache)
    assert all(finding.well is not False for finding in found.values())
    assert found["policy-assistant"].detail == version("policy-assistant")
    assert found["torch"].detail == version("torch")
    assert found["Python"].detail.startswith("3.")
    assert "内存" in found["机器"].detail
    assert found["可选部件 eval"].detail.startswith(("已安装", "缺"))
    assert found["文档库"].detail.startswith(f"{home}（")
    assert "1 份文件，5,172 字，" in found["文档库"].detail
    assert found["缓存"].detail.startswith(f"{cache}（")
    assert "MB" in found["缓存"].detail
    assert found["原文件"] == Finding("原文件", True, "都在原处")
    assert found["向量模型"].detail == "multilingual-e5-small-q4@1571fc98"
    assert found["试答"].well
    assert "已作答，引用" in found["试答"].detail


def test_files_that_are_gone_are_named_and_no_fault(home: Path, cache: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(home, tmp_path / "home")
    new = tmp_path / "通知.txt"
    new.write_text("关于节水的通知\n各单位应当节约用水。\n", encoding="utf-8")
    assert CliRunner().invoke(main, ["ingest", str(new), "--home", str(copy)]).exit_code == 0
    new.unlink()
    finding = findings(copy, cache)["原文件"]
    assert finding == Finding("原文件", None, f"1 份已不在原处（仍可检索和引用）：{new}")


def test_an_empty_library_is_said_to_be_empty(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = {one.name: one for one in examine(Settings(tmp_path / "home", cache, tmp_path / "documents"))}
    assert found["文档库"].well is None
    assert "空的" in found["文档库"].detail
    assert "试答" not in found


def test_a_library_that_cannot_be_opened_is_a_fault_and_the_last_finding(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    found = findings(tmp_path / "file", cache)
    assert list(found)[-1] == "文档库"
    assert found["文档库"].well is False


def test_a_question_that_cannot_be_tried_is_a_fault(home: Path, cache: Path) -> None:
    found = findings(home, cache, model="no/such-model")
    assert found["试答"].well is False
    assert "no/such-model" in found["试答"].detail


def test_the_command_prints_a_line_a_finding_and_ends_with_1_for_a_fault(home: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["doctor", "--home", str(home)])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"✓ policy-assistant：{version('policy-assistant')}\n✓ Python：3.")
    (tmp_path / "file").write_text("x")
    result = CliRunner().invoke(main, ["doctor", "--home", str(tmp_path / "file")])
    assert result.exit_code == 1
    assert "✗ 文档库：" in result.stdout
