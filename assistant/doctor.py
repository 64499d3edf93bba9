"""What is installed, which encoder, how large the library is, and one question tried."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from assistant.assistant import Assistant
from index.errors import PolicyError

_PACKAGES = ("torch", "sentence-transformers", "faiss-cpu", "langchain-core", "gradio")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: its name, whether it is well, and what was seen."""

    name: str
    well: bool
    detail: str


def examine(home: Path | None, progress: Callable[..., None] | None = None) -> Iterator[Finding]:
    """The findings, in order; the last ones are left out where the library cannot be opened."""
    yield Finding("Python", True, f"{platform.python_version()}（{platform.machine()}）")
    for package in _PACKAGES:
        try:
            yield Finding(package, True, version(package))
        except PackageNotFoundError:
            yield Finding(package, False, f"未安装；请运行 pip install {package}")
    try:
        assistant = Assistant.open(home=home, progress=progress)
    except PolicyError as error:
        yield Finding("文档库", False, error.chinese)
        return
    with assistant:
        found = assistant.library.documents()
        size = sum(len(assistant.library.document(one.id).text) for one in found)
        yield Finding("文档库", bool(found), f"{assistant.library.home}：{len(found)} 份文件，{size:,} 字")
        yield Finding("向量模型", True, assistant.library.encoder_name)
        if not found:
            return
        question = f"{found[0].title}的主要内容是什么"
        try:
            answer = assistant.ask(question)
        except PolicyError as error:
            yield Finding("试答", False, error.chinese)
            return
        said = "已作答" if answer.answered else "未作答"
        yield Finding("试答", True, f"“{question}”：{said}，用时 {answer.seconds:.2f} 秒")
