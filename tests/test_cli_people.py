"""The commands for users, tokens, conversations and feedback: what they print, and that no password is an argument."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_feedback import LIST, NOTHING

from assistant.cli import main
from assistant.records.accounts import Accounts, Role, User
from assistant.records.conversations import Conversations, Exchange
from assistant.records.feedback import FeedbackStore
from evals.cases import read
from index.load.docx import word

COMMAND = str(Path(sys.executable).with_name("policyqa"))
PASSWORD = "对的密码-123"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in this process with an empty home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICYQA_HOME", str(tmp_path / "home"))

    def invoke(*arguments: str | Path, entered: str | bytes = "", status: int = 0) -> Result:
        done = CliRunner().invoke(main, list(map(str, arguments)), input=entered, catch_exceptions=False)
        assert done.exit_code == status, done.output
        return done

    return invoke


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_users_are_added_listed_changed_and_removed(run: Run, home: Path) -> None:
    assert "还没有用户" in run("users", "list").stderr
    assert not home.exists()
    done = run("users", "add", "王", entered=f"{PASSWORD}\n")
    assert done.stdout == "已添加用户“王”，角色 admin（管理用户）。\n"
    assert run("users", "add", "李", entered=f"{PASSWORD}\r\n").stdout == "已添加用户“李”，角色 reader（查询）。\n"
    run("users", "add", "张", "--role", "editor", entered=PASSWORD)
    assert run("users", "list").stdout == "张\teditor（维护文档库）\n李\treader（查询）\n王\tadmin（管理用户）\n"
    assert run("users", "role", "李", "editor").stdout == "已改为 editor（维护文档库）。\n"
    assert run("users", "password", "李", entered="新的密码-456\n").stdout == "密码已更改。\n"
    with Accounts(home) as accounts:
        assert accounts.verify("李", "新的密码-456") == User("李", Role.EDITOR)
        assert accounts.verify("王", PASSWORD) == User("王", Role.ADMIN)
        assert accounts.verify("张", PASSWORD) == User("张", Role.EDITOR)
    assert run("users", "remove", "李", "--yes").stdout == "已移除用户“李”。\n"
    assert "李" not in run("users", "list").stdout


def test_removing_a_user_asks_and_takes_the_conversations_unless_they_are_to_stay(run: Run, home: Path) -> None:
    for name in ("王", "李", "张"):
        run("users", "add", name, entered=PASSWORD)
    with Conversations(home) as conversations:
        for name in ("王", "李", "李", "张"):
            conversations.start(name)
        assert "移除用户“李”及其全部对话？" in run("users", "remove", "李", entered="n\n", status=1).output
        assert len(conversations.list("李")) == 2
        assert "唯一的管理员" in run("users", "remove", "王", "--yes", status=1).stderr
        assert len(conversations.list("王")) == 1
        assert "已移除用户“李”及其 2 个对话。" in run("users", "remove", "李", entered="y\n").output
        assert "已移除用户“张”。" in run("users", "remove", "张", "--keep-conversations", "--yes").output
        assert [len(conversations.list(name)) for name in ("王", "李", "张")] == [1, 0, 1]


def test_errors_are_one_chinese_line(run: Run) -> None:
    run("users", "add", "王", entered=PASSWORD)
    for arguments, entered, message in (
        (("users", "add", "王"), PASSWORD, "错误：用户“王”已存在；请换一个名字，或修改其密码、角色"),
        (("users", "add", "李"), "短\n", "错误：密码应为 8 到 256 个字符；请另选一个"),
        (("users", "add", "李"), "", "错误：密码应为 8 到 256 个字符；请另选一个"),
        (("users", "add", "李"), b"\xff\xfe\n", "错误：标准输入中的密码不是 UTF-8 编码；请改用 UTF-8"),
        (("users", "password", "无"), PASSWORD, "错误：没有用户“无”；请用 policyqa users list 查看已有用户"),
        (
            ("tokens", "issue", "无", "--label", "x"),
            "",
            "错误：没有用户“无”；请用 policyqa users list 查看已有用户",
        ),
        (("tokens", "revoke", "9"), "", "错误：没有编号或标签为“9”的令牌；请用 policyqa tokens list 查看编号"),
        (("conversations", "export", "9", "--md", "x"), "", "错误：没有编号为“9”的对话；请从对话列表中选择"),
    ):
        assert run(*arguments, entered=entered, status=1).stderr == f"{message}\n"
    run("users", "add", "李", "--role", "king", status=2)
    run("conversations", "export", "9", status=2)
    run("users", "add", "李", "--password", PASSWORD, status=2)


def test_a_token_is_alone_on_standard_output_and_works_until_it_is_revoked(run: Run, home: Path) -> None:
    run("users", "add", "王", entered=PASSWORD)
    done = run("tokens", "issue", "王", "--label", "门户", "--role", "reader")
    secret = done.stdout.rstrip("\n")
    assert "只显示这一次" in done.stderr
    with Accounts(home) as accounts:
        assert accounts.token(secret) == User("王", Role.READER)
        listed = run("tokens", "list").stdout
        assert listed.split("\t")[:3] == ["1", "王", "reader"]
        assert secret not in listed
        assert run("tokens", "revoke", "门户").stdout == "已吊销“王”的令牌“门户”。\n"
        assert accounts.token(secret) is None
    assert "还没有令牌" in run("tokens", "list").stderr


def test_conversations_are_listed_and_exported(run: Run, home: Path, tmp_path: Path) -> None:
    with Conversations(home) as conversations:
        ids = {user: conversations.start(user) for user in ("王", "")}
        conversations.save("王", ids["王"], [Exchange("任务有哪些", LIST)])
        conversations.save("", ids[""], [Exchange("\x1b[31m房价", NOTHING)])
    first, second = run("conversations", "list").stdout.splitlines()
    assert first.split("\t")[2:] == ["1 轮", "-", "\ufffd[31m房价"]
    assert second.split("\t")[0] == ids["王"]
    assert run("conversations", "list", "推动合作", "--user", "王").stdout == second + "\n"
    assert "没有符合条件的对话" in run("conversations", "list", "--user", "李").stderr
    run("conversations", "export", ids["王"], "--docx", "对话.docx", "--md", "对话.md", "--user", "王")
    assert "[注3] 《会议》（生态环境部）：“推动合作。”" in word(Path("对话.docx").read_bytes(), Path("x")).text
    assert "[^3]: 《会议》（生态环境部）：“推动合作。”" in Path("对话.md").read_text(encoding="utf-8")
    run("conversations", "export", ids["王"], "--md", "又.md")
    assert Path("又.md").read_bytes() == Path("对话.md").read_bytes()
    run("conversations", "export", ids["王"], "--md", "x.md", "--user", "李", status=1)
    assert "无法写入" in run("conversations", "export", ids["王"], "--md", "无/x.md", status=1).stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "又.md", "对话.docx", "对话.md"]


def test_feedback_is_listed_and_exported_as_cases(run: Run, home: Path) -> None:
    assert "还没有反馈" in run("feedback", "list").stderr
    with FeedbackStore(home) as store:
        store.add("王", True, LIST)
        store.add("", False, NOTHING, reason="应当有\n答案")
    lines = [line.split("\t") for line in run("feedback", "list").stdout.splitlines()]
    assert [[*line[:1], *line[2:]] for line in lines] == [
        ["1", "赞", "王", "任务有哪些", ""],
        ["2", "踩", "-", "房价", "应当有 答案"],
    ]
    done = run("feedback", "export", "用例.jsonl")
    assert done.stdout == ""
    assert done.stderr == "已导出 1 条用例。\n另有 1 条待补全，用 --incomplete 导出。\n"
    (case,) = read(Path("用例.jsonl"))
    assert (case.question, case.items) == ("任务有哪些", 3)
    assert run("feedback", "export").stdout == Path("用例.jsonl").read_text(encoding="utf-8")
    incomplete = json.loads(run("feedback", "export", "--incomplete").stdout)
    assert (incomplete["question"], incomplete["note"][:3]) == ("房价", "待补全")
    assert run("feedback", "export", "--since", "2099-01-01").stdout == ""
    assert len(run("feedback", "list", "--since", "2020-01-01").stdout.splitlines()) == 2
    run("feedback", "export", "--since", "去年", status=2)


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "users", "add", "wang", "--home", tmp_path],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    shown = b""
    for prompt in ("密码", "再次输入"):
        while prompt.encode() not in shown:
            shown += os.read(master, 1000)
        os.write(master, b"secret-1234\n")
    with suppress(OSError):  # how Linux says that the other end is closed
        while more := os.read(master, 1000):
            shown += more
    os.close(master)
    assert process.wait(30) == 0
    assert "已添加用户“wang”".encode() in shown
    assert b"secret" not in shown
    with Accounts(tmp_path) as accounts:
        assert accounts.verify("wang", "secret-1234") == User("wang", Role.ADMIN)
