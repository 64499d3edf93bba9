"""Question sets: one reader a layout, all of them giving a ``Task``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evals.errors import MalformedSet, MissingSet, UnknownSet
from evals.sets import (
    beir,
    datafountain,
    doc2bot,
    domainrag,
    ncp,
    own,
    policies,
    policybench,
    reading,
    rewrite,
    rgb,
    squad,
    stard,
)
from evals.types import Task


@dataclass(frozen=True, slots=True)
class Layout:
    """A reader, and the public name under which its set can be had, in English and in Chinese."""

    read: Callable[[Path, str], Task]
    public: str
    chinese: str


LAYOUTS: dict[str, Layout] = {
    "own": Layout(own.read, "the cases in evals/cases of this project", "本项目 evals/cases 中的用例"),
    "ncp": Layout(
        ncp.read, "DataFountain contest 424 (NCPPolicies)", "DataFountain 第 424 号竞赛（疫情政务问答助手）"
    ),
    "stard": Layout(
        stard.read, "STARD with LawRefBook, GitHub", "STARD 法条检索数据集，法条取自 LawRefBook（GitHub）"
    ),
    "domainrag": Layout(domainrag.read, "DomainRAG, GitHub", "DomainRAG 中文领域检索问答基准（GitHub）"),
    "doc2bot": Layout(doc2bot.read, "Doc2Bot, GitHub", "Doc2Bot 文档对话数据集（GitHub）"),
    "rewrite": Layout(rewrite.read, "Restoration-20k", "Restoration-20k 多轮补全数据集"),
    "reading": Layout(
        reading.read,
        "CMRC 2018, DuReader robust and checklist, DRCD and CAIL 2019",
        "CMRC 2018、DuReader robust、DuReader checklist、DRCD、CAIL 2019 阅读理解数据集",
    ),
    "rgb": Layout(
        rgb.read, "RGB, the retrieval-augmented generation benchmark, GitHub", "RGB 检索增强生成基准（GitHub）"
    ),
    "policybench": Layout(policybench.read, "PolicyBench, GitHub", "PolicyBench 政策理解基准（GitHub）"),
    "policies": Layout(
        policies.read,
        "the public documents that evals/questions/policies.jsonl names",
        "evals/questions/policies.jsonl 所列的公开政策文件",
    ),
    "beir": Layout(
        beir.read,
        "any BEIR or C-MTEB retrieval set, Hugging Face",
        "任一 BEIR 或 C-MTEB 检索数据集（Hugging Face）",
    ),
    "squad": Layout(
        squad.read, "any reading set in SQuAD's JSON layout", "任一 SQuAD 格式（JSON）的阅读理解数据集"
    ),
    "datafountain": Layout(
        datafountain.read,
        "DataFountain contest 424, the original CSV files",
        "DataFountain 第 424 号竞赛的原始 CSV 文件",
    ),
}
"""Every set that can be run, by the name that the command line knows."""


def read(name: str, folder: Path, part: str = "") -> Task:
    """The set ``name`` in ``folder``, or only its ``part``.

    Raises ``UnknownSet``; ``MissingSet``, which says where the set can be had, if the folder or a file of it is
    missing; and ``MalformedSet`` if a row is not what the layout says.
    """
    if name not in LAYOUTS:
        names = ", ".join(LAYOUTS)
        raise UnknownSet(
            f"no question set is called {name!r}; there are {names}", f"没有名为“{name}”的评测集，可选：{names}"
        )
    layout = LAYOUTS[name]
    try:
        return layout.read(folder, part)
    except MissingSet as error:
        raise MissingSet(
            f"{error}; {name} can be had as {layout.public}: put it there, or name its folder with --data",
            f"{error.chinese}；{name} 的公开来源：{layout.chinese}，取得后用 --data 指定文件夹",
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedSet(
            f"{folder} is not laid out as {name} is ({type(error).__name__}: {error}); check the folder",
            f"{folder} 的内容不是 {name} 的格式（{error}），请检查文件夹",
        ) from error
