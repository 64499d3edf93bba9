"""The command: what it prints, its exit status, and that bad input ends in one clear line and loses nothing."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import filelock
import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from index import library as library_module

COMMAND = str(Path(sys.executable).with_name("policyqa"))
QUESTION = "2021年碳达峰任务有哪些"


@pytest.fixture
def run(home: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Runs the command in this process over the real library, in an empty working directory."""
    monkeypatch.setenv("POLICYQA_CACHE", str(cache))
    monkeypatch.setenv("POLICYQA_HOME", str(home))
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str | Path, entered: str | None = None) -> Result:
        return CliRunner().invoke(main, list(map(str, arguments)), input=entered, catch_exceptions=False)

    return invoke


@pytest.fixture
def copy(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: object) -> Path:
    """A copy of the real library, to be changed; the command uses it."""
    folder = shutil.copytree(home, tmp_path / "copy")
    monkeypatch.setenv("POLICYQA_HOME", str(folder))
    return folder


def start(arguments: Sequence[str | Path | bytes], **options: object) -> subprocess.Popen[bytes]:
    """The real command in a process of its own."""
    return subprocess.Popen(
        [COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **options
    )


def finish(arguments: Sequence[str | Path | bytes], **options: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of the real command."""
    process = start(arguments, **options)
    output, errors = process.communicate(timeout=600)
    return process.returncode, output.decode(), errors.decode()


def environment(**values: str | Path) -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1", **{name: str(value) for name, value in values.items()}}


def one_line(result: Result, status: int = 1) -> str:
    """The only line of an error, of which nothing else was printed."""
    assert (result.exit_code, result.stdout) == (status, "")
    (line,) = result.stderr.splitlines()
    return line


# What it prints


def test_an_answer_is_printed_with_its_sources(run) -> None:
    result = run("ask", "黑臭水体消除比例")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "98.2%" in result.stdout
    assert "\n\n出处：\n[1] 《2021年全国生态环境保护工作会议》（生态环境部，2021-01-21）" in result.stdout


def test_a_follow_up_is_printed_with_what_was_searched(run) -> None:
    result = run("chat", entered=f"{QUESTION}\n\u200b\n2020年呢\n退出\n不再回答\n")
    assert result.exit_code == 0
    assert "问题是空的" in result.stdout
    assert "检索）" in result.stdout.split("2020", 1)[1]
    assert "不再回答" not in result.stdout


@pytest.mark.parametrize(
    "entered", ["", "\n", "quit\n", f"{QUESTION}\n"], ids=["end", "blank", "quit", "question"]
)
def test_a_conversation_ends_with_its_input(run, entered: str) -> None:
    assert run("chat", entered=entered).exit_code == 0


def test_documents_are_listed_searched_and_removed(run, copy: Path) -> None:
    listed = run("documents")
    id_ = listed.stdout.split()[0]
    assert listed.stdout == f"{id_}  《2021年全国生态环境保护工作会议》（生态环境部，2021-01-21）\n"
    as_json = json.loads(run("documents", "--json").stdout)
    assert as_json["id"] == id_
    assert (as_json["title"], as_json["date"]) == ("2021年全国生态环境保护工作会议", "2021-01-21")
    found = run("search", "黑臭水体", "-k", "2").stdout
    assert found.startswith("1. 《2021年全国生态环境保护工作会议》")
    assert "\n2. 《" in found
    hits = [json.loads(line) for line in run("search", "黑臭水体", "--json").stdout.splitlines()]
    assert len(hits) == 5
    assert hits[0]["score"] >= hits[-1]["score"]
    assert run("remove", id_).stdout == "已移除《2021年全国生态环境保护工作会议》。\n"
    assert run("documents").stdout == "文档库是空的；用 policyqa ingest 收录文件。\n"


def test_what_is_known_of_a_document_is_printed_and_corrected(run, copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "节水.txt"
    file.write_text("节水办法\n\n第一条　推广节水型器具。\n", encoding="utf-8")
    run("ingest", file)
    known = "标题：节水办法\n文种：办法\n"
    assert run("describe", "节水.txt").stdout == known
    id_ = next(line.split()[0] for line in run("documents").stdout.splitlines() if "节水办法" in line)
    result = run(
        "describe", id_, "--date", "2024-01-02", "--issuer", "武汉市水务局", "--number", "武水〔2024〕1号"
    )
    corrected = (
        "标题：节水办法\n发文机关：武汉市水务局\n发文字号：武水〔2024〕1号\n"
        "日期：2024-01-02\n地区：武汉市\n层级：市\n文种：办法\n"
    )
    assert (result.exit_code, result.stdout, result.stderr) == (0, corrected, "")
    assert run("documents", "--since", "2024-01-02").stdout == (
        f"{id_}  《节水办法》（武汉市水务局，武水〔2024〕1号，2024-01-02）\n"
    )
    sidecar = file.with_name("节水.txt.meta.toml")
    assert 'issuer = "武汉市水务局"\n' in sidecar.read_text(encoding="utf-8")
    assert run("describe", id_, "--date", "", "--issuer", "", "--number", "").stdout == known
    assert not sidecar.exists()
    assert one_line(run("describe", id_, "--status", "有效")).startswith("错误：时效不能是“有效”")
    assert "没有编号或路径为 'abc' 的文件" in one_line(run("describe", "abc", "--title", "甲"))
    file.unlink()
    assert "节水.txt 已不在原处，无法更正" in one_line(run("describe", id_, "--title", "甲"))


@pytest.mark.parametrize(
    ("option", "right", "wrong"),
    [
        ("--issuer", "生态环境", "财政部"),
        ("--level", "部委", "省"),
        ("--status", "现行", "已废止"),
        ("--since", "2021-01-21", "2021-01-22"),
        ("--until", "2021-01-21", "2021-01-20"),
    ],
)
def test_a_filter_leaves_out_what_it_does_not_let_through(run, option: str, right: str, wrong: str) -> None:
    assert "《2021年全国生态环境保护工作会议》" in run("documents", option, right).stdout
    assert run("documents", option, wrong).stdout == "没有符合条件的文件。\n"
    assert run("search", "黑臭水体", option, right).stdout.startswith("1. ")
    assert run("search", "黑臭水体", option, wrong).stdout == "没有找到相关段落。\n"


def test_a_filter_that_is_no_day_is_one_line(run) -> None:
    assert "yesterday" in one_line(run("documents", "--since", "yesterday"))


def test_an_unchanged_document_costs_nothing(run, copy: Path) -> None:
    documents = Path(__file__).parents[1] / "documents"
    assert run("ingest", documents).stdout == "新增 0 份，更新 0 份，未变 1 份，失败 0 份；文档库现有 1 份。\n"


def test_the_version_and_the_help_need_no_library(run) -> None:
    assert run("--version").stdout.count(".") == 2
    assert "--batch" in run("ask", "--help").stdout


# Wrong usage


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "问题", "--batch", "x.jsonl"),
        ("ask", "问题", "--unknown"),
        ("search", "问题", "-k", "0"),
        ("serve", "--port", "99999"),
        ("remove",),
        ("remove", "\udcff"),
        ("describe",),
        ("describe", "x", "--title", "\udcff"),
        ("documents", "--home", "\udcff"),
        ("unknown",),
    ],
    ids=lambda arguments: ascii(" ".join(arguments)),
)
def test_wrong_usage_is_2(run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


# Deliberate errors


@pytest.mark.parametrize("question", ["", "  ", "？！", "\0", "\u200b"], ids=ascii)
def test_an_empty_question_is_one_line(run, question: str) -> None:
    assert one_line(run("ask", question)) == "错误：问题是空的；请输入要查询的内容"
    assert one_line(run("search", question)).startswith("错误：检索词为空")


def test_a_question_of_100000_characters_is_answered(run) -> None:
    asked = "碳达峰任务有哪些" * 12_500
    result = run("ask", "--json", asked)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["question"] == asked


def test_an_unknown_document_setting_or_date_is_one_line(run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "没有编号为 'abc' 的文档" in one_line(run("remove", "abc"))
    assert "2021-13-01" in one_line(run("ask", "碳达峰任务", "--since", "2021-13-01"))
    Path("policyqa.toml").write_text("hom = 'x'\n", encoding="utf-8")
    assert "policyqa.toml 中有未知的设置“hom”" in one_line(run("documents"))
    Path("policyqa.toml").unlink()
    monkeypatch.setenv("POLICYQA_COLOUR", "red")
    assert "未知的设置“colour”" in one_line(run("ask", "碳达峰任务"))


def test_files_that_fail_are_listed_at_the_end_and_the_others_are_ingested(
    run, copy: Path, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.txt").write_text("节水办法\n宾馆应当使用节水型器具。\n", encoding="utf-8")
    (files / "b.txt").write_bytes(b"")
    (files / "c.txt").write_bytes(bytes(range(256)) * 20)
    (files / "d.xyz").write_text("未知类型", encoding="utf-8")
    (files / "e.txt").symlink_to(files / "e.txt")
    (files / "f.md").write_text("# 土壤办法\n\n农用地实行分类管理。\n", encoding="utf-8")
    (files / "g\nh.txt").write_bytes(b" \n")
    result = run("ingest", files, tmp_path / "missing.txt")
    assert result.exit_code == 1
    # "节水办法\n宾馆应当使用节水型器具。\n" has 18 characters, "# 土壤办法\n\n农用地实行分类管理。\n" 19.
    assert result.stdout == (
        "新增 2 份，更新 0 份，未变 0 份，失败 6 份；文档库现有 3 份。\n共读入 0 个章节条目、37 字。\n"
    )
    failed = result.stderr.splitlines()
    assert len(failed) == 6
    assert all(line.startswith("未收录：") for line in failed)
    for line, name in zip(failed, ("b.txt", "c.txt", "d.xyz", "e.txt", "g h.txt", "missing.txt"), strict=True):
        assert name in line
    assert "节水型器具" in run("ask", "宾馆应当使用什么器具").stdout


def test_files_that_are_gone_and_duplicates_are_named(run, copy: Path, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for name in ("a.txt", "b.txt"):
        (files / name).write_text("节水办法\n\n宾馆应当使用节水型器具。\n", encoding="utf-8")
    shown = run("ingest", files).stdout.splitlines()
    (said,) = (line for line in shown if line.startswith("重复："))
    assert said == f"重复：{files}/b.txt 与 {files}/a.txt 内容相同或几乎相同，检索时同一句话只显示一次"
    (files / "a.txt").unlink()
    assert "移除" not in run("ingest", files).stdout
    assert run("ingest", files, "--sync").stdout == (
        "新增 0 份，更新 0 份，未变 1 份，移除 1 份，失败 0 份；文档库现有 2 份。\n"
        f"移除：{files}/a.txt（文件已不存在）\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_listed(run, copy: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("内部资料", encoding="utf-8")
    secret.chmod(0)
    assert "没有读取权限" in run("ingest", secret).stderr


def test_a_second_writer_is_told_to_wait_and_readers_are_not(
    run, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "WRITER_PATIENCE", 0.05)
    new = tmp_path / "new.txt"
    new.write_text("新办法自公布之日起施行。", encoding="utf-8")
    with filelock.FileLock(copy / "library.lock"):
        assert one_line(run("ingest", new)).startswith(f"错误：另一个进程正在写入 {copy}")
        assert "98.2%" in run("ask", "黑臭水体消除比例").stdout
    assert run("ingest", new).exit_code == 0


def change(home: Path, statement: str) -> None:
    connection = sqlite3.connect(home / "library.sqlite")
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_library_of_another_encoder_is_refused_and_rebuilt(run, copy: Path) -> None:
    change(copy, "UPDATE meta SET value = 'other/encoder' WHERE name = 'encoder'")
    for arguments in (("ask", QUESTION), ("search", QUESTION)):
        line = one_line(run(*arguments))
        assert "由模型 other/encoder 建立" in line
        assert "policyqa ingest --rebuild" in line
    assert run("ingest", "--rebuild").stdout == "已重建，共 1 份文件。\n"
    assert "低碳省市试点" in run("ask", QUESTION).stdout


def test_another_model_in_the_settings_is_one_line(run, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_MODEL", "no/such-model")
    assert "当前配置的是 no/such-model" in one_line(run("ask", QUESTION))


def test_a_library_of_a_newer_version_is_one_line(run, copy: Path) -> None:
    change(copy, "PRAGMA user_version = 99")
    assert "格式版本为 99" in one_line(run("ask", QUESTION))


def test_a_home_that_is_a_file_and_one_that_is_no_library_are_one_line(run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert str(file) in one_line(run("documents", "--home", file))
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "library.sqlite").write_text("no library at all" * 100)
    assert "不是完好的文档库" in one_line(run("ask", QUESTION, "--home", tmp_path / "strange"))


def test_without_documents_people_are_told_how_to_add_some(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run("ask", QUESTION, "--home", tmp_path / "empty")
    assert (result.exit_code, result.stderr) == (0, "文档库是空的；请先用 policyqa ingest 收录文件。\n")
    assert f"{tmp_path}/documents 不存在" in one_line(run("ingest", "--home", tmp_path / "empty"))
    monkeypatch.setenv("POLICYQA_DOCUMENTS", str(tmp_path / "nowhere"))
    assert f"{tmp_path}/nowhere 不存在" in one_line(run("ask", QUESTION, "--home", tmp_path / "empty"))


def test_files_that_fail_when_an_empty_library_is_filled_are_named(run, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text("宾馆应当使用节水型器具。", encoding="utf-8")
    (tmp_path / "documents" / "b.txt").write_bytes(b"")
    result = run("ask", "宾馆应当使用什么器具", "--home", tmp_path / "new")
    assert result.exit_code == 0
    assert result.stderr.startswith(f"未收录：{tmp_path}/documents/b.txt")
    assert "节水型器具" in result.stdout


def test_what_people_should_know_of_a_document_is_said(run, copy: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<meta charset='gb2312'><h1>通知</h1><p>各单位应当节约用水。</p>", encoding="gb18030")
    library = library_module.Library
    result = run("ingest", page)
    assert result.exit_code == 0
    with library(copy, None, read_only=True) as opened:  # type: ignore[arg-type]
        notes = {document.path: opened.document(document.id).notes for document in opened.documents()}
    said = [line for line in result.stdout.splitlines() if line.startswith("注意：")]
    assert said == [f"注意：{page}：{note}" for note in notes[str(page)]]


# Batches


def batch(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_one_bad_question_does_not_stop_the_others(run, tmp_path: Path) -> None:
    path = batch(
        tmp_path,
        '{"question": "黑臭水体消除比例"}',
        '{"question": ""}',
        "",
        "no JSON",
        '{"question": "x", "filters": {"isuer": "y"}}',
        '{"question": "任务", "filters": {"since": "yesterday"}}',
        '{"question": "黑臭水体消除比例", "history": null, "filters": {"documents": []}}',
    )
    result = run("ask", "--batch", path)
    assert (result.exit_code, result.stderr) == (1, "")
    first, *bad, last = map(json.loads, result.stdout.splitlines())
    assert first["answered"] is last["answered"] is True
    assert [set(line) for line in bad] == [{"question", "error"}] * 4
    assert [line["question"] for line in bad] == ["", "", "x", "任务"]
    assert bad[0]["error"] == "问题是空的；请输入要查询的内容"
    assert bad[1]["error"].startswith("第 4 行不是一个问题")
    assert "filters.isuer" in bad[2]["error"]
    assert "yesterday" in bad[3]["error"]


def test_the_filters_of_a_line_go_before_those_of_the_command(run, tmp_path: Path) -> None:
    path = batch(tmp_path, '{"question": "黑臭水体消除比例"}', '{"question": "黑臭水体消除比例", "filters": {}}')
    result = run("ask", "--batch", path, "--issuer", "财政部")
    assert [json.loads(line)["answered"] for line in result.stdout.splitlines()] == [False, True]


def test_a_batch_comes_from_standard_input_or_a_file_that_is_there(run) -> None:
    result = run("ask", "--batch", "-", entered='{"question": "黑臭水体消除比例"}\n')
    assert json.loads(result.stdout)["answered"]
    assert "无法读取 missing.jsonl" in one_line(run("ask", "--batch", "missing.jsonl"))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "gb18030"])
def test_a_batch_of_strange_characters_comes_back_as_it_was(
    home: Path, cache: Path, tmp_path: Path, encoding: str
) -> None:
    strange = ["\ud800任务", "任\0务", "任\u2028务\x85有哪些", "😀任务", "\udc00", "𠮷任务ﷺ"]
    turn = {"question": "\ud800碳达峰任务", "answer": "\0[1]\udfff"}
    filters = {"issuer": "\ud800", "documents": ["\udcff"]}
    lines = [{"question": question} for question in strange]
    lines += [{"question": question, "history": [turn], "filters": filters} for question in strange]
    path = batch(tmp_path, *map(json.dumps, lines))
    process = start(
        ["ask", "--batch", path, "--home", home],
        env=environment(POLICYQA_CACHE=cache, PYTHONIOENCODING=encoding),
    )
    output, errors = process.communicate(timeout=600)
    assert (process.returncode, errors) == (1, b"")  # "\udc00" alone asks nothing
    answers = map(json.loads, output.decode(encoding).splitlines())
    assert [answer["question"] for answer in answers] == strange * 2


# In a process of its own


def test_an_argument_that_is_not_unicode_is_asked_without_it(home: Path, cache: Path) -> None:
    asked = b"\xff" + "黑臭水体消除比例".encode()
    status, output, errors = finish(
        ["ask", "--json", asked, "--home", home], env=environment(POLICYQA_CACHE=cache)
    )
    assert (status, errors) == (0, "")
    assert json.loads(output)["question"] == "\udcff黑臭水体消除比例"
    assert json.loads(output)["answered"]


def test_without_a_home_of_its_own_the_user_is_answered(home: Path, cache: Path, tmp_path: Path) -> None:
    variables = environment(POLICYQA_CACHE=cache)
    variables.pop("HOME", None)
    status, output, errors = finish(["ask", "黑臭水体消除比例", "--home", home], env=variables, cwd=tmp_path)
    assert (status, errors) == (0, "")
    assert "98.2%" in output


def test_a_reader_that_goes_away_is_no_error(home: Path, cache: Path) -> None:
    process = start(["ask", "黑臭水体消除比例", "--home", home], env=environment(POLICYQA_CACHE=cache))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    process.wait()


def test_long_work_shows_how_far_it_is_on_a_terminal(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "[red]办法[bold].txt").write_text("办法自公布之日起施行。", encoding="utf-8")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "ingest", tmp_path / "[red]办法[bold].txt", "--home", tmp_path / "home"],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment(POLICYQA_CACHE=cache, TERM="xterm", COLUMNS="100"),
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 1024)
        except OSError:  # the other side is closed
            break
    os.close(ours)
    assert process.wait() == 0
    assert "收录 [red]办法[bold].txt" in shown.decode()
    assert "1/1" in shown.decode()


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_an_ingest_that_is_interrupted_goes_on_where_it_was(
    cache: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    files.mkdir()
    for number in range(30):
        lines = (f"第{number}号办法第{line}款，各单位应当节约用水，不得浪费。" for line in range(60))
        (files / f"{number:02}.txt").write_text("\n".join(lines), encoding="utf-8")
    variables = environment(POLICYQA_CACHE=cache)
    process = start(["ingest", files, "--home", home], env=variables)
    while process.poll() is None and committed(home) == 0:
        time.sleep(0.02)
    process.send_signal(ending)
    _, errors = process.communicate(timeout=600)
    if ending == signal.SIGINT:
        assert process.returncode == 130
        assert errors.decode() == "已中断；已收录的文件不受影响，再次运行同一命令即可继续。\n"
    else:
        assert (process.returncode, errors) == (-signal.SIGKILL, b"")
    kept = committed(home)
    assert 0 < kept < 30
    status, output, errors = finish(["ingest", files, "--home", home], env=variables)
    assert (status, errors) == (0, "")
    first, *_ = output.splitlines()
    assert first == f"新增 {30 - kept} 份，更新 0 份，未变 {kept} 份，失败 0 份；文档库现有 30 份。"


@pytest.mark.slow
def test_watched_files_are_kept_up_to_date_until_ctrl_c(cache: Path, tmp_path: Path) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    files.mkdir()
    (files / "a.txt").write_text("节水办法\n\n宾馆应当使用节水型器具。\n", encoding="utf-8")
    process = start(
        ["ingest", files, "--sync", "--watch", "--home", home],
        env=environment(POLICYQA_CACHE=cache, PYTHONUNBUFFERED="1"),
    )
    assert process.stdout is not None
    seen = map(bytes.decode, process.stdout)
    assert next(seen).startswith("新增 1 份")
    assert next(line for line in seen if "监视" in line) == "正在监视文件变化（按 Ctrl-C 结束）……\n"
    (files / "b.txt").write_text("土壤办法\n\n农用地实行分类管理。\n", encoding="utf-8")
    assert next(seen) == f"新增：《土壤办法》 {files}/b.txt\n"
    (files / "a.txt").unlink()
    assert next(seen) == f"移除：{files}/a.txt\n"
    (files / "c.txt").write_bytes(b"")
    process.send_signal(signal.SIGINT)
    assert list(seen) == ["已停止监视。\n"]
    process.communicate(timeout=600)
    assert process.returncode == 0
    assert committed(home) == 1


def committed(home: Path) -> int:
    """How many documents the library holds at this moment; 0 as long as there is none."""
    try:
        connection = sqlite3.connect(f"file:{home}/library.sqlite?mode=ro", uri=True)
        try:
            return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_one_line_and_what_was_there_stays(disk: Path, home: Path, cache: Path) -> None:
    shutil.copytree(home, disk / "home")
    (disk / "new.txt").write_text("办法自公布之日起施行。\n" * 100, encoding="utf-8")
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass
    status, output, errors = finish(
        ["ingest", disk / "new.txt", "--home", disk / "home"], env=environment(POLICYQA_CACHE=cache)
    )
    assert (status, output) == (1, "")
    assert errors.startswith("错误：")
    assert "磁盘已满" in errors
    assert errors.count("\n") == 1
    status, output, _ = finish(
        ["ask", "黑臭水体消除比例", "--home", disk / "home"], env=environment(POLICYQA_CACHE=cache)
    )
    assert status == 0
    assert "98.2%" in output


def test_no_room_for_the_model_is_one_line(disk: Path) -> None:
    (disk / "new.txt").write_text("办法自公布之日起施行。\n", encoding="utf-8")
    status, output, errors = finish(["ingest", disk / "new.txt", "--home", disk / "home"], env=environment())
    assert (status, output) == (1, "")
    assert errors.startswith("错误：")
    assert errors.count("\n") == 1


def test_a_home_that_cannot_be_written_answers_and_refuses_to_ingest(disk: Path, home: Path, cache: Path) -> None:
    """Nor can the working directory: the default home, ./var, cannot be made there."""
    shutil.copytree(home, disk / "home")
    (disk / "new.txt").write_text("办法自公布之日起施行。\n", encoding="utf-8")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    variables = environment(POLICYQA_CACHE=cache)
    status, output, errors = finish(["ask", "黑臭水体消除比例", "--home", disk / "home"], env=variables, cwd=disk)
    assert (status, errors) == (0, "")
    assert "98.2%" in output
    for arguments in (["ingest", disk / "new.txt", "--home", disk / "home"], ["ask", "任务有哪些"]):
        status, output, errors = finish(arguments, env=variables, cwd=disk)
        assert (status, output) == (1, "")
        assert "不可写；请修改目录权限，或用 --home 另选目录" in errors
        assert errors.count("\n") == 1


@pytest.mark.slow
def test_the_page_is_served_until_interrupted(home: Path, cache: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start(["serve", "--port", str(port), "--home", home], env=environment(POLICYQA_CACHE=cache))
    assert process.stdout is not None
    said = process.stdout.readline().decode()
    assert said == f"网页已就绪：http://127.0.0.1:{port}（按 Ctrl-C 结束）\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
        assert page.status == 200
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=600)
    assert (process.returncode, errors) == (0, b"")


def test_a_port_that_is_taken_is_one_line(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"无法在 127.0.0.1:{port} 打开网页" in one_line(run("serve", "--port", str(port)))
