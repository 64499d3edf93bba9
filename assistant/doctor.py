"""What is installed, which encoder, how large the library is, and one question tried."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from assistant.assistant import Assistant
from assistant.page.examples import examples
from assistant.settings import Settings
from index.errors import PolicyError
from index.library import Library
from index.load import present

_OURS = "policy-assistant"
_PACKAGES = ("torch", "sentence-transformers", "onnxruntime", "faiss-cpu", "langchain-core", "gradio")
_NAMED = 3
"""Missing files that are named."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: its name, what was seen, and whether it is well; ``None`` where it need not be."""

    name: str
    well: bool | None
    detail: str


def examine(chosen: Settings, progress: Callable[[float, int, str], None] | None = None) -> Iterator[Finding]:
    """The findings, in order; the last ones are left out where the library cannot be opened or is empty."""
    yield Finding(_OURS, True, version(_OURS))
    yield Finding("Python", True, f"{platform.python_version()}（{platform.system()} {platform.machine()}）")
    yield Finding("机器", True, f"处理器 {os.cpu_count()} 个，内存 {_size(_memory())}")
    yield from map(_package, _PACKAGES)
    yield from _extras()
    try:
        assistant = Assistant.open(chosen.home, chosen.documents, model=chosen.model, progress=progress)
    except PolicyError as error:
        yield Finding("文档库", False, error.chinese)
        return
    with assistant:
        library = assistant.library
        for _, unread in assistant.failed:
            yield Finding("未收录", None, unread.chinese)
        found = library.documents()
        size = _size(_weight(chosen.home / "library.sqlite"))
        characters, chunks = sum(one.characters for one in found), sum(one.chunks for one in found)
        contents = (
            f"{len(found)} 份文件，{characters:,} 字，{chunks:,} 段"
            if found
            else "空的；请用 policyqa ingest 收录文件"
        )
        yield Finding("文档库", bool(found) or None, f"{chosen.home}（{size}）：{contents}")
        yield Finding("缓存", True, f"{chosen.cache}（{_size(_weight(chosen.cache))}）")
        if found:
            yield _originals(library)
            yield Finding("向量模型", True, library.encoder_name)
            yield _trial(assistant)


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, f"未安装；请运行 pip install {name}")


def _extras() -> Iterator[Finding]:
    """Each optional part, and the packages that it lacks."""
    lacking: dict[str, list[str]] = {}
    for requirement in requires(_OURS) or ():
        package, extra = re.match(r"[\w.-]+", requirement), re.search(r"extra == [\"']([\w-]+)", requirement)
        if package and extra:
            missing = lacking.setdefault(extra[1], [])
            if _package(package[0]).well is False:
                missing.append(package[0])
    for name, missing in sorted(lacking.items()):
        command = f"缺 {'、'.join(missing)}；需要时请运行 pip install '{_OURS}[{name}]'"
        yield Finding(f"可选部件 {name}", None if missing else True, command if missing else "已安装")


def _originals(library: Library) -> Finding:
    """Whether the files that the documents were read from are still there."""
    gone = [one.path for one in library.documents() if not present(Path(one.path))]
    if not gone:
        return Finding("原文件", True, "都在原处")
    named = "、".join(gone[:_NAMED]) + ("等" if len(gone) > _NAMED else "")
    return Finding("原文件", None, f"{len(gone)} 份已不在原处（仍可检索和引用）：{named}")


def _trial(assistant: Assistant) -> Finding:
    """A question that the outline of some document promises to answer; else one about a title."""
    library = assistant.library
    found = library.documents()
    drawn = (examples(library.document(one.id), library.sections(one.id)) for one in found)
    question = next((questions[0] for questions in drawn if questions), f"{found[0].title}的主要内容是什么")
    try:
        answer = assistant.ask(question)
    except PolicyError as error:
        return Finding("试答", False, error.chinese)
    said = f"已作答，引用 {len(answer.citations)} 处" if answer.answered else "未作答"
    return Finding("试答", answer.answered or None, f"“{question}”：{said}，用时 {answer.seconds:.2f} 秒")


def _weight(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; 0 if there is none."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _size(count: int) -> str:
    """``count`` bytes as people write them: 512 KB, 80.3 MB, 7.8 GB."""
    if count < 1_000_000:
        return f"{count / 1e3:.0f} KB"
    return f"{count / 1e6:.1f} MB" if count < 1_000_000_000 else f"{count / 1e9:.1f} GB"
