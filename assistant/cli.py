"""The command ``policyqa``: every word it prints to people is Chinese; exit 0 done, 1 a deliberate error, 2 usage.

A command imports what it runs on by itself: ``policyqa --help`` and a mistyped option need no model in memory.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant import cli_people, render
from assistant.options import home_option, unicode
from assistant.settings import settings
from assistant.types import Turn
from index.errors import InvalidQuestion, LibraryBusy, PolicyError, SettingsError
from index.types import Filters

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from index.library import Library

WATCHED = 3.0
"""Seconds between two looks at the files that are watched."""


class Commands(click.Group):
    """The commands, those of other packages' ``policyqa.commands`` entry points included.

    A ``PolicyError`` becomes one Chinese line on stderr and exit status 1; a bug keeps its traceback.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return [*super().list_commands(ctx), *(found.name for found in entry_points(group="policyqa.commands"))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or ``None``."""
        known = super().get_command(ctx, cmd_name)
        if known is not None:
            return known
        for found in entry_points(group="policyqa.commands", name=cmd_name):
            command: click.Command = found.load()
            return command
        return None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a deliberate error ends it with one line."""
        try:
            return super().invoke(ctx)
        except PolicyError as error:
            click.echo(f"错误：{_one_line(error.chinese)}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("已中断；已收录的文件不受影响，再次运行同一命令即可继续。", err=True)
            ctx.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)


@click.group(cls=Commands, help="政策文件问答助手：只依据已收录的文件作答，每句话都有出处。")
@click.version_option(version("policy-assistant"), "--version", message="%(version)s", help="显示版本。")
def main() -> None:
    """The command's entry point."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


for group in (cli_people.users, cli_people.tokens, cli_people.conversations, cli_people.feedback):
    main.add_command(group)


@main.command(help="收录文件或文件夹；不给路径时收录 documents/。")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="用当前的向量模型重建整个文档库。")
@click.option("--sync", is_flag=True, help="同时移除这些文件夹中已被删除的文件。")
@click.option("--watch", is_flag=True, help="收录后继续监视，文件有变化时自动更新（按 Ctrl-C 结束）。")
@click.option("--retry", is_flag=True, help="再次尝试以前读取失败、之后没有改动的文件。")
@home_option
def ingest(
    paths: tuple[Path, ...], rebuild: bool, sync: bool, watch: bool, retry: bool, home: Path | None
) -> None:
    """Add files; the others are added even if some fail, and then the exit status is 1."""
    from assistant import receipt
    from assistant.assistant import library as open_library
    from assistant.assistant import missing
    from index.ingest import changes

    chosen = settings(home=home)
    where = paths or (chosen.documents,)
    if not paths and not rebuild and not chosen.documents.exists():
        raise missing(chosen.documents)
    failed: tuple[tuple[str, PolicyError], ...] = ()
    with open_library(chosen) as library:
        if rebuild:
            with _progress("重建") as progress:
                failed = library.rebuild(progress=progress).failed
            click.echo(f"已重建，共 {len(library.documents())} 份文件。")
        news = changes(where, WATCHED) if watch else ()
        if paths or sync or watch or not rebuild:
            removed = library.prune(*where) if sync else ()
            with _progress("收录") as progress:
                report = library.add(*where, progress=progress, retry=retry)
            known = {one.id: one.path for one in library.documents()}
            for line in receipt.summary(report, removed, len(known)):
                click.echo(line)
            failed += report.failed
            for line in receipt.remarks(report.arrivals, removed, known):
                click.echo(line)
        _not_added(failed)
        if watch:
            click.echo("正在监视文件变化（按 Ctrl-C 结束）……")
            with suppress(KeyboardInterrupt):
                for changed in news:
                    _update(library, where, changed, sync)
            click.echo("已停止监视。")
    if failed:
        sys.exit(1)


def _update(library: Library, where: Sequence[Path], changed: Sequence[Path], sync: bool) -> None:
    """Bring the library up to date with the files that changed, a line for each; wait for another writer."""
    from assistant import receipt

    while True:
        try:
            removed = library.prune(*where) if sync else ()
            report = library.add(*changed)
        except LibraryBusy:
            time.sleep(WATCHED)
            continue
        for line in receipt.changed(report, removed):
            click.echo(line)
        _not_added(report.failed)
        return


_FILTERS = {
    "issuer": ("名称", "只看这个发文机关的文件（名称的一部分即可）。"),
    "region": ("地名", "只看这个地区的文件，含所辖各地。"),
    "level": ("层级", "只看这一层级的文件：中央、部委、省、市、县。"),
    "kind": ("文种", "只看这一文种的文件：通知、条例、法律……"),
    "status": ("时效", "只看这一时效的文件：现行、已修改、已废止、失效。"),
    "since": ("YYYY-MM-DD", "只看此日及以后的文件。"),
    "until": ("YYYY-MM-DD", "只看此日及以前的文件。"),
}


def _filtered(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each filter, which it takes as one argument ``filters``."""

    @wraps(command)
    def with_filters(**given: Any) -> None:
        command(filters=Filters(**{name: given.pop(name) for name in _FILTERS}), **given)

    options: Callable[..., None] = with_filters
    for name, (value, told) in reversed(_FILTERS.items()):
        options = click.option(f"--{name}", default="", metavar=value, help=told, callback=unicode)(options)
    return options


@main.command(help="列出已收录的文件。")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON 对象。")
@_filtered
@home_option
def documents(as_json: bool, filters: Filters, home: Path | None) -> None:
    """The documents of the library that the filters let through, one a line."""
    from assistant.assistant import library as open_library
    from index.search import passing

    with open_library(settings(home=home)) as library:
        every = library.documents()
    found = [one for one, passes in zip(every, passing(filters, every), strict=True) if passes]
    for one in found:
        day = one.facts.date.isoformat() if one.facts.date else ""
        if as_json:
            values = {"id": one.id, "title": one.title, "issuer": one.facts.issuer, "number": one.facts.number}
            _json({**values, "date": day or None, "path": one.path})
        else:
            known = "，".join(part for part in (one.facts.issuer, one.facts.number, day) if part)
            click.echo(f"{one.id}  《{one.title}》" + (f"（{known}）" if known else ""))
    if not found and not as_json:
        click.echo("没有符合条件的文件。" if every else "文档库是空的；用 policyqa ingest 收录文件。")


@main.command(help="从文档库移除一份文件（原文件不受影响）。")
@click.argument("document_id", metavar="ID", callback=unicode)
@home_option
def remove(document_id: str, home: Path | None) -> None:
    """Remove a document: it can never be found or cited again."""
    from assistant.assistant import library as open_library

    with open_library(settings(home=home)) as library:
        title = library.document(document_id).title
        library.remove(document_id)
    click.echo(f"已移除《{title}》。")


_FACTS = {
    "title": ("文字", "标题。"),
    "issuer": ("名称", "发文机关；几个以顿号分开。"),
    "number": ("文号", "发文字号。"),
    "date": ("YYYY-MM-DD", "成文日期。"),
    "status": ("时效", "现行、已修改、已废止或失效。"),
    "region": ("地名", "地区。"),
    "level": ("层级", "中央、部委、省、市或县。"),
    "kind": ("文种", "文种：通知、条例、法律……"),
    "published": ("YYYY-MM-DD", "公布日期。"),
    "effective": ("YYYY-MM-DD", "施行日期。"),
    "expires": ("YYYY-MM-DD", "有效期的最后一日。"),
}


def _described(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each fact; it takes those that were given as one argument ``facts``."""

    @wraps(command)
    def with_facts(**given: Any) -> None:
        facts = {name: given.pop(name) for name in _FACTS}
        command(facts={name: value for name, value in facts.items() if value is not None}, **given)

    options: Callable[..., None] = with_facts
    for name, (value, told) in reversed(_FACTS.items()):
        options = click.option(f"--{name}", metavar=value, help=told, callback=unicode)(options)
    return options


@main.command(
    help="更正一份文件的标题、发文机关、日期等，并列出现在所知的；不给选项则只列出。\n\n"
    '更正写入文件旁的“文件名.meta.toml”；值为空（如 --number ""）则恢复为从文件中读出的内容。'
)
@click.argument("which", metavar="ID或路径", callback=unicode)
@_described
@home_option
def describe(which: str, facts: dict[str, str], home: Path | None) -> None:
    """Correct what is known of a document, and print it."""
    from assistant import describing
    from assistant.assistant import library as open_library

    with open_library(settings(home=home)) as library:
        id_ = describing.identified(library, which)
        if facts:
            with _progress("读取") as progress:
                id_ = describing.correct(library, id_, facts, progress)
        known = library.document(id_).facts
    for name, label in describing.FIELDS.items():
        if value := getattr(known, name):
            click.echo(f"{label}：{value}")


@main.command(help="检索，列出最相关的段落。")
@click.argument("query", metavar="QUERY")
@click.option("-k", default=5, show_default=True, type=click.IntRange(1, 1000), help="段落数。")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON 对象。")
@_filtered
@home_option
def search(query: str, k: int, as_json: bool, filters: Filters, home: Path | None) -> None:
    """The best passages, without an answer."""
    with _assistant(home) as assistant:
        hits = assistant.library.search(query, k, filters)
        titles = {one.id: one.title for one in assistant.library.documents()}
    for place, hit in enumerate(hits, 1):
        title = titles.get(hit.chunk.document_id, "")
        if as_json:
            chunk = hit.chunk
            values = {"document_id": chunk.document_id, "title": title, "heading": chunk.heading}
            _json({**values, "start": chunk.start, "end": chunk.end, "score": hit.score, "text": chunk.text})
        else:
            click.echo(render.hit_line(place, hit, title))
    if not hits and not as_json:
        click.echo("没有找到相关段落。")


@main.command(help="回答一个问题；或用 --batch 回答一个文件中的全部问题。")
@click.argument("question", required=False, metavar="[QUESTION]")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象。")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, allow_dash=True),
    help='JSONL 文件，每行 {"question", "history":[{"question","answer"}], "filters"}；逐行输出 JSON。',
)
@_filtered
@home_option
def ask(question: str | None, as_json: bool, batch: Path | None, filters: Filters, home: Path | None) -> None:
    """One answer, or one a line for ``--batch``, in order."""
    if (question is None) == (batch is None):
        raise click.UsageError("请给出一个问题，或用 --batch 给出一个文件。")
    if batch is not None:
        sys.exit(0 if _batch(batch, filters, home) else 1)
    with _assistant(home) as assistant:
        answer = assistant.ask(question or "", filters=filters)
    if as_json:
        _json(render.as_json(answer))
    else:
        click.echo(render.terminal(answer))


def _batch(path: Path, filters: Filters, home: Path | None) -> bool:
    """Answer the questions in a file, a JSON line each; whether every one could be asked.

    ``filters`` hold for a line without its own.
    """
    from assistant.batch import read

    well = True
    with _opened(path) as lines, _assistant(home) as assistant:
        for asking in read(lines):
            try:
                if asking.error is not None:
                    raise asking.error
                answer = assistant.ask(asking.question, asking.history, asking.filters or filters)
            except InvalidQuestion as error:
                well = False
                _json({"question": asking.question, "error": error.chinese})
            else:
                _json(render.as_json(answer))
    return well


@main.command(help="在终端连续对话；输入空行、“退出”或 Ctrl-D 结束。")
@home_option
def chat(home: Path | None) -> None:
    """A conversation: every question knows the turns before it."""
    with _assistant(home) as assistant:
        click.echo("请提问（空行结束）：")
        history: list[Turn] = []
        while True:
            try:
                question = click.prompt("问", prompt_suffix="> ", default="", show_default=False)
            except click.Abort:
                click.echo()
                return
            if not question.strip() or question.strip() in {"退出", "exit", "quit"}:
                return
            try:
                answer = assistant.ask(question, history)
            except InvalidQuestion as error:
                click.echo(error.chinese)
                continue
            click.echo(render.terminal(answer) + "\n")
            history.append(Turn(question, answer.text))


@main.command(help="打开网页。")
@click.option("--host", help="监听地址（默认 127.0.0.1）。")
@click.option("--port", type=click.IntRange(1, 65535), help="端口（默认 7860）。")
@home_option
def serve(host: str | None, port: int | None, home: Path | None) -> None:
    """The page, until interrupted."""
    from assistant.server import serve as serve_page

    chosen = settings(home=home, host=host, port=port)
    address = f"http://{chosen.host}:{chosen.port}"
    with _assistant(home) as assistant:
        serve_page(
            assistant, chosen.host, chosen.port, lambda: click.echo(f"网页已就绪：{address}（按 Ctrl-C 结束）")
        )


@main.command(help="作为 MCP 服务器运行（标准输入输出），供支持 MCP 的程序调用。")
@home_option
def mcp(home: Path | None) -> None:
    """The MCP server, until its input ends."""
    from assistant.mcp import server

    with _assistant(home) as assistant:
        server(assistant).run()


@main.command(help="检查安装：有哪些部件、用哪个模型、文档库多大，并试答一个问题。")
@home_option
def doctor(home: Path | None) -> None:
    """What is installed and whether it works; exit status 1 if it does not."""
    from assistant.doctor import examine

    well = True
    with _progress("收录") as progress:
        for finding in examine(settings(home=home), progress):
            sign = "·" if finding.well is None else "✓" if finding.well else "✗"
            click.echo(f"{sign} {finding.name}：{finding.detail}")
            well = well and finding.well is not False
    if not well:
        sys.exit(1)


@contextmanager
def _assistant(home: Path | None) -> Iterator[Assistant]:
    from assistant.assistant import Assistant

    with _progress("收录") as progress:
        assistant = Assistant.open(home=home, progress=progress)
    with assistant:
        _not_added(assistant.failed)
        if not assistant.library.documents():
            click.echo("文档库是空的；请先用 policyqa ingest 收录文件。", err=True)
        yield assistant


def _not_added(failed: Iterable[tuple[str, PolicyError]]) -> None:
    for _, error in failed:
        click.echo(f"未收录：{_one_line(error.chinese)}", err=True)


@contextmanager
def _progress(action: str) -> Iterator[Callable[[float, int, str], None]]:
    """A progress bar on stderr that appears with the first call, with the time left; nothing where it is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
    )
    bar = Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    )
    task = None

    def report(done: float, total: int, name: str) -> None:
        nonlocal task
        if task is None:
            bar.start()
            task = bar.add_task(action, total=total)
        bar.update(task, completed=done, total=total, description=f"{action} {Path(name).name[:24]}")

    try:
        yield report
    finally:
        bar.stop()


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
    """The lines of a file, or of standard input for "-"."""
    try:
        with click.open_file(str(path), "rb") as lines:
            yield lines
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}); give a file of JSON lines",
            f"无法读取 {path}（{error.strerror}）；请给出每行一个 JSON 对象的文件",
        ) from error


def _json(value: dict[str, Any]) -> None:
    """Print one line of JSON, in ASCII where the terminal cannot show it as it is or would break the line."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        line = json.dumps(value)
    click.echo(line if len(line.splitlines()) == 1 else json.dumps(value))


def _one_line(text: str) -> str:
    return " ".join(text.split())
