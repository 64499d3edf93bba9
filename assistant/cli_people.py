"""The commands for what people leave behind: users, tokens, conversations and feedback.

Whoever can write the home may run them; they ask for no password but the one to be set, and never take one as an
argument, where other users of the machine could read it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from assistant.options import home_option, unicode
from assistant.records.accounts import Accounts, Role
from assistant.records.conversations import Conversations
from assistant.records.feedback import FeedbackStore
from assistant.settings import settings
from index.errors import InvalidAccount, SettingsError

ROLES = {Role.READER: "查询", Role.EDITOR: "维护文档库", Role.ADMIN: "管理用户"}
"""What each role may do above the one before it."""

_role = click.Choice([role.value for role in Role])
_user_option = click.option(
    "--user", callback=unicode, help="只看这个用户的对话；没有设置用户时，一个浏览器就是一个用户。"
)
_since_option = click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="只要此日及以后的反馈。"
)


@click.group(help="管理可以登录的用户；没有用户时，网页只供本机使用，不需登录。")
def users() -> None:
    """Users and their roles."""


@users.command("list", help="列出用户。")
@home_option
def list_users(home: Path | None) -> None:
    """The users, one a line."""
    with _accounts(home) as accounts:
        found = accounts.users()
    for user in found:
        click.echo(f"{user.name}\t{user.role}（{ROLES[user.role]}）")
    if not found:
        click.echo("还没有用户；用 policyqa users add 用户名 添加。", err=True)


@users.command(help="添加用户；密码在提示后输入，或从标准输入读取一行。")
@click.argument("name", metavar="用户名", callback=unicode)
@click.option(
    "--role",
    type=_role,
    help="角色：reader 查询，editor 还可维护文档库，admin 还可管理用户（首个用户默认 admin，其余默认 reader）。",
)
@home_option
def add(name: str, role: str | None, home: Path | None) -> None:
    """Add a user."""
    with _accounts(home) as accounts:
        chosen = Role(role) if role else Role.READER if accounts.configured else Role.ADMIN
        user = accounts.add(name, _password(), chosen)
    click.echo(f"已添加用户“{user.name}”，角色 {user.role}（{ROLES[user.role]}）。")


@users.command(help="重设密码；该用户须重新登录，令牌不受影响。")
@click.argument("name", metavar="用户名", callback=unicode)
@home_option
def password(name: str, home: Path | None) -> None:
    """Set another password."""
    with _accounts(home) as accounts:
        accounts.change_password(name, _password())
    click.echo("密码已更改。")


@users.command(help="更改角色，立即生效。")
@click.argument("name", metavar="用户名", callback=unicode)
@click.argument("role", metavar="角色", type=_role)
@home_option
def role(name: str, role: str, home: Path | None) -> None:
    """Give a user another role."""
    with _accounts(home) as accounts:
        accounts.change_role(name, Role(role))
    click.echo(f"已改为 {role}（{ROLES[Role(role)]}）。")


@users.command(help="移除用户及其令牌和对话，立即生效；提交过的反馈保留。")
@click.argument("name", metavar="用户名", callback=unicode)
@click.option("--keep-conversations", is_flag=True, help="保留其对话；以后同名的用户会看到它们。")
@click.option("--yes", is_flag=True, help="不再询问。")
@home_option
def remove(name: str, keep_conversations: bool, yes: bool, home: Path | None) -> None:
    """Remove a user, and the conversations unless they are to be kept."""
    if not yes:
        lost = "" if keep_conversations else "及其全部对话"
        click.confirm(f"移除用户“{name}”{lost}？", abort=True)
    with _accounts(home) as accounts, _conversations(home) as conversations:
        user = accounts.remove(name)
        count = 0 if keep_conversations else conversations.forget(user.name)
    click.echo(f"已移除用户“{user.name}”" + (f"及其 {count} 个对话。" if count else "。"))


@click.group(help="管理程序访问所用的令牌。")
def tokens() -> None:
    """Tokens of programs."""


@tokens.command("list", help="列出令牌（不含令牌本身）。")
@home_option
def list_tokens(home: Path | None) -> None:
    """The tokens, one a line, without their secrets."""
    with _accounts(home) as accounts:
        found = accounts.tokens()
    for token in found:
        click.echo(f"{token.id}\t{token.user}\t{token.role}\t{token.created.astimezone():%Y-%m-%d}\t{token.label}")
    if not found:
        click.echo("还没有令牌；用 policyqa tokens issue 用户名 --label 用途 签发。", err=True)


@tokens.command(help="为用户签发令牌；令牌只显示这一次，请妥善保存。")
@click.argument("name", metavar="用户名", callback=unicode)
@click.option("--label", required=True, callback=unicode, help="用途，如“门户网站”。")
@click.option("--role", type=_role, help="不高于用户自己的角色；默认随用户。")
@home_option
def issue(name: str, label: str, role: str | None, home: Path | None) -> None:
    """Print a new token's secret, alone on standard output."""
    with _accounts(home) as accounts:
        secret = accounts.issue_token(name, label, Role(role) if role else None)
    click.echo("令牌只显示这一次，请妥善保存：", err=True)
    click.echo(secret)


@tokens.command(help="吊销令牌，立即生效。")
@click.argument("token", metavar="编号或标签", callback=unicode)
@click.option("--user", default="", callback=unicode, help="令牌属于哪个用户（多个用户有相同标签时需要）。")
@home_option
def revoke(token: str, user: str, home: Path | None) -> None:
    """End a token."""
    with _accounts(home) as accounts:
        revoked = accounts.revoke(token, user)
    click.echo(f"已吊销“{revoked.user}”的令牌“{revoked.label}”。")


@click.group(help="查看和导出保存的对话。")
def conversations() -> None:
    """Kept conversations."""


@conversations.command("list", help="列出对话，最近的在前。")
@click.argument("matching", metavar="[关键词]", default="", callback=unicode)
@_user_option
@home_option
def list_conversations(matching: str, user: str | None, home: Path | None) -> None:
    """The conversations, one a line."""
    with _conversations(home) as kept:
        owners = kept.owners() if user is None else (user,)
        found = [(head, owner) for owner in owners for head in kept.list(owner, matching)]
    for head, owner in sorted(found, key=lambda one: one[0].changed, reverse=True):
        when = f"{head.changed.astimezone():%Y-%m-%d %H:%M}"
        click.echo(f"{head.id}\t{when}\t{head.turns} 轮\t{_line(owner) or '-'}\t{_line(head.title)}")
    if not found:
        click.echo("没有符合条件的对话。", err=True)


@conversations.command("export", help="导出一个对话：Word 文件（出处为脚注）或 Markdown。")
@click.argument("id", metavar="编号", callback=unicode)
@click.option("--docx", type=click.Path(path_type=Path), help="写入这个 Word 文件。")
@click.option("--md", type=click.Path(path_type=Path), help="写入这个 Markdown 文件。")
@_user_option
@home_option
def export_conversation(id: str, docx: Path | None, md: Path | None, user: str | None, home: Path | None) -> None:  # noqa: A002
    """Write a conversation to files."""
    from assistant.records.export import as_docx, as_markdown

    if docx is None and md is None:
        raise click.UsageError("请用 --docx 或 --md 给出要写入的文件。")
    with _conversations(home) as kept:
        owner = kept.owner(id) if user is None else user
        title, exchanges = kept.head(owner, id).title, kept.read(owner, id)
    if docx is not None:
        _write(docx, as_docx(exchanges, title))
    if md is not None:
        _write(md, as_markdown(exchanges, title).encode())


@click.group(help="查看用户反馈，并导出为评测用例。")
def feedback() -> None:
    """Users' opinions of answers."""


@feedback.command("list", help="列出反馈。")
@_since_option
@home_option
def list_feedback(since: datetime | None, home: Path | None) -> None:
    """The feedback, one a line."""
    with _feedback(home) as store:
        found = store.all(since)
    for one in found:
        values = (
            one.id,
            f"{one.at.astimezone():%Y-%m-%d %H:%M}",
            "赞" if one.good else "踩",
            _line(one.user) or "-",
        )
        click.echo("\t".join(map(str, (*values, _line(one.question), _line(one.reason)))))
    if not found:
        click.echo("还没有反馈。", err=True)


@feedback.command("export", help="把好评导出为评测用例（JSONL）；给出文件名则写入文件，否则输出到屏幕。")
@click.argument("file", metavar="[文件]", required=False, type=click.Path(path_type=Path))
@click.option("--incomplete", is_flag=True, help="改为导出待补全的用例：差评，或引用了多份文件的好评。")
@_since_option
@home_option
def export_feedback(file: Path | None, incomplete: bool, since: datetime | None, home: Path | None) -> None:
    """Write cases in the layout of evals/cases, and say how many are left to be completed."""
    from assistant.records.gold import cases

    with _feedback(home) as store:
        given = store.all(since)
    found = cases(given, complete=not incomplete)
    lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in found)
    if file is None:
        click.echo(lines.encode(), nl=False)
    else:
        _write(file, lines.encode())
    click.echo(f"已导出 {len(found)} 条{'待补全的' if incomplete else ''}用例。", err=True)
    if not incomplete and (left := len(cases(given, complete=False))):
        click.echo(f"另有 {left} 条待补全，用 --incomplete 导出。", err=True)


@contextmanager
def _accounts(home: Path | None) -> Iterator[Accounts]:
    with Accounts(settings(home=home).home) as accounts:
        yield accounts


@contextmanager
def _conversations(home: Path | None) -> Iterator[Conversations]:
    with Conversations(settings(home=home).home) as kept:
        yield kept


@contextmanager
def _feedback(home: Path | None) -> Iterator[FeedbackStore]:
    with FeedbackStore(settings(home=home).home) as store:
        yield store


def _password() -> str:
    """A password: asked for twice at a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        entered: str = click.prompt("密码", hide_input=True, confirmation_prompt="再次输入")
        return entered
    line = sys.stdin.buffer.readline()
    try:
        return line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InvalidAccount(
            "the password on standard input is no UTF-8; give it in UTF-8",
            "标准输入中的密码不是 UTF-8 编码；请改用 UTF-8",
        ) from error


def _write(path: Path, content: bytes) -> None:
    """Put a file in its place, whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}); give another file",
            f"无法写入 {path}（{error.strerror}）；请另给一个文件",
        ) from error


def _line(text: str) -> str:
    """The beginning of a text on one line, without what would steer a terminal."""
    line = "".join(each if each.isprintable() else "\ufffd" for each in " ".join(text.split()))
    return line if len(line) <= 60 else line[:59] + "…"
