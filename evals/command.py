"""``policyqa eval``: a command for each question set, ``compare``, ``gate`` and ``judge``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assistant.settings import Settings, settings
from evals import sets
from evals.baselines import NAMES
from evals.errors import UnknownSet
from evals.report import Report, load, markdown, save, table
from evals.types import Plan
from index.errors import MissingExtra

_WIDTH = 140

_home = click.option("--home", type=click.Path(path_type=Path), help="数据目录（默认 $POLICYQA_HOME 或 ./var）")
_output = click.option(
    "--output", type=click.Path(path_type=Path), help="报告目录（默认在数据目录的 evals/reports 下）"
)


@click.group(name="eval", help="评测回答质量：policyqa eval ncp --data ../shared/benchmarks/ncp")
def evaluate() -> None:
    """Evaluate the assistant on question sets."""


def _set_command(name: str, layout: sets.Layout) -> click.Command:
    """The command that runs the set ``name``; of our own cases those for tuning, unless told otherwise."""
    default = "dev" if name == "own" else "all"

    @click.command(name=name, help=f"{layout.chinese}。")
    @click.option("--data", type=click.Path(path_type=Path), help="评测集所在文件夹")
    @click.option("--part", default="", help="只运行其中一部分")
    @click.option("--compare", default="", help=f"同时运行的基线，逗号分隔：{','.join(NAMES)}")
    @click.option("--limit", type=click.IntRange(min=0), default=0, help="最多提问多少题（0 为全部）")
    @click.option(
        "--documents", type=click.IntRange(min=0), default=0, help="最多入库多少份文档（0 为全部，含标准文档）"
    )
    @click.option(
        "--split",
        type=click.Choice(("dev", "test", "all", "unseen")),
        default=default,
        help="只运行开发集、测试集，或阅读模型训练时没有见过的题",
        show_default=True,
    )
    @click.option(
        "--silent", is_flag=True, help="每题再问一遍，查阅的文件中除去写有其答案的文件（包括转载的）：应当拒答"
    )
    @click.option("--seed", type=int, default=0, help="抽题和置信区间的随机种子")
    @_output
    @_home
    def command(
        data: Path | None,
        part: str,
        compare: str,
        limit: int,
        documents: int,
        split: str,
        silent: bool,
        seed: int,
        output: Path | None,
        home: Path | None,
    ) -> None:
        """Run the set and write its reports."""
        plan = Plan(
            sets.read(name, _folder(name, data), part),
            _baselines(compare),
            split,
            limit,
            documents,
            seed,
            silent,
        )
        chosen = settings(home=home)
        report = _run(plan, chosen, output or chosen.home / "evals" / "reports")
        _console().print(table(report))

    return command


for _name, _layout in sets.LAYOUTS.items():
    evaluate.add_command(_set_command(_name, _layout))


@evaluate.command(help="逐题比较两次评测：哪些变好，哪些变差。")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--system", default="assistant", help="比较哪个系统")
def compare(before: Path, after: Path, system: str) -> None:
    """Compare two reports case by case."""
    from evals.compare import compare as compared
    from evals.compare import tables

    console = _console()
    for each in tables(compared(load(before), load(after), system)):
        console.print(each)


@evaluate.command(help="运行自有用例的测试集，低于 pyproject.toml 中的门槛则失败。")
@_output
@_home
def gate(output: Path | None, home: Path | None) -> None:
    """Run our own test cases against the thresholds."""
    from evals.gate import check, thresholds

    limits = thresholds()
    chosen = settings(home=home)
    plan = Plan(sets.read("own", sets.own.CASES), split="test")
    report = _run(plan, chosen, output or chosen.home / "evals" / "reports")
    _console().print(table(report))
    check(report.summaries()[0], limits)
    click.echo("达到全部门槛")


def _address(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """``value``, if it is the address of a web server."""
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        known = False
    if not known:
        raise click.BadParameter("应为 http:// 或 https:// 开头的网址", ctx, parameter)
    return value


@evaluate.command(help="由对话模型逐题评判一份报告中的回答是否有据、是否切题；只供参考，不作门槛。")
@click.argument("report", type=click.Path(path_type=Path))
@click.option("--model", required=True, help="评判模型的名称")
@click.option("--base-url", required=True, callback=_address, help="兼容 OpenAI 接口的服务地址")
@click.option(
    "--key",
    envvar="OPENAI_API_KEY",
    default="",
    help="服务密钥，最好写在环境变量 OPENAI_API_KEY 中",
)
@click.option("--system", default="assistant", help="评判哪个系统的回答")
@click.option("--limit", type=click.IntRange(min=0), default=0, help="最多评判多少题（0 为全部）")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="结果文件（默认在报告旁）")
def judge(report: Path, model: str, base_url: str, key: str, system: str, limit: int, output: Path | None) -> None:
    """Have a chat model judge the answers of a report."""
    from evals import judge as judging

    read = load(report)
    cases = judging.answered(read, system, limit)
    judging_model = judging.chat_model(model, base_url, key)
    name = re.sub(r"[^\w.-]+", "-", model)
    output = output or report.with_name(f"{report.stem}-judged-by-{name}.json")
    output.parent.mkdir(parents=True, exist_ok=True)
    with _progress() as bar:
        line = bar.add_task(f"评判 {model}", total=len(cases))
        judgements = judging.judge(cases, judging_model, lambda done: bar.update(line, completed=done))
    about = judging.circumstances(read, report, system, model, base_url, len(cases))
    found = judging.figures(judgements, about["seed"])
    judging.save(about, found, judgements, output)
    click.echo(f"评判结果：{output}", err=True)
    _console().print(judging.table(about, found))


def _folder(name: str, data: Path | None) -> Path:
    if data is not None:
        return data
    if name == "own":
        return sets.own.CASES
    raise click.UsageError(f"请用 --data 指定评测集 {name} 所在的文件夹（公开来源：{sets.LAYOUTS[name].chinese}）")


def _baselines(names: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    for name in chosen:
        if name not in NAMES:
            raise UnknownSet(
                f"no baseline is called {name!r}; choose among {', '.join(NAMES)}",
                f"没有名为“{name}”的基线，可选：{'、'.join(NAMES)}",
            )
    return chosen


def _run(plan: Plan, chosen: Settings, output: Path) -> Report:
    """Run the plan under a progress bar and write the JSON and the page into ``output``."""
    try:
        from evals.html import page
        from evals.run import run
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"{error.name} is not installed; run: pip install 'policy-assistant[eval]'",
            f"缺少 {error.name}，请运行：pip install 'policy-assistant[eval]'",
        ) from error

    with _progress() as bar:
        ingesting, asked = _watched(bar)
        try:
            finished = run(plan, chosen, ingesting, asked)
        except KeyboardInterrupt:
            click.echo("已中断；再次运行同一命令会从中断处继续", err=True)
            raise
    stem = f"{plan.task.name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    output.mkdir(parents=True, exist_ok=True)
    save(finished.report, output / f"{stem}.json")
    (output / f"{stem}.html").write_text(page(finished.report), encoding="utf-8")
    (output / f"{stem}.md").write_text(markdown(finished.report), encoding="utf-8")
    finished.checkpoint.unlink(missing_ok=True)
    click.echo(f"报告：{output / stem}.json、.html、.md", err=True)
    return finished.report


def _console() -> Console:
    """The terminal; where there is none, lines wide enough for five systems."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def _watched(bar: Progress) -> tuple[Callable[[float, int, str], None], Callable[[str, int, int], None]]:
    """What the run calls: one line for the documents, one for each system."""
    lines: dict[str, Any] = {}

    def show(line: str, done: float, total: int) -> None:
        if line not in lines:
            lines[line] = bar.add_task(line, total=total)
        bar.update(lines[line], completed=done)

    return (
        lambda done, total, path: show("入库", done, total),
        lambda system, done, total: show(f"提问 {system}", done, total),
    )
