"""Settings, read once: defaults, then ``policyqa.toml``, then ``POLICYQA_*`` variables, then arguments.

The only module that reads the environment. An unknown name or an impossible value is a ``SettingsError``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from index.errors import SettingsError

PREFIX = "POLICYQA_"
FILE = "policyqa.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be configured.

    ``home`` holds the library, ``cache`` the expanded models, ``documents`` what an empty library is filled from.
    ``model`` is "bundled" or the name or path of a Sentence Transformers model; with the bundled one ``questions`` is
    "trained", or "plain" to search without its trained question side. ``reader`` is "trained", or "none" to answer
    without the trained reader. For both, a path names other weights, with their card beside them. ``threads`` is the
    number of processor threads for all of them. ``host`` and ``port`` are where the server listens.

    The rest is the server's. ``hosts`` are further names under which it is known, those of a proxy before it.
    ``rate`` is how many requests a minute a user, token or address may make of the API; ``request_mb`` and
    ``upload_mb`` the largest request and upload in MiB; ``request_seconds`` and ``upload_seconds`` the longest that
    one may take; ``at_once`` how many questions are worked on at a time and ``waiting`` how many more may wait.
    ``audit`` keeps a record of who asked what.

    What one file may cost: ``file_mb`` MiB and ``file_pages`` pages, ``archive_files`` files in an archive or an office
    document, ``file_seconds`` to read it (large ones; small ones have less) and ``file_memory_mb`` MiB of memory.

    ``llm_model`` is the chat model, at the OpenAI-compatible ``llm_base_url``, that words the answers, or an empty
    string for none; it has ``llm_timeout`` seconds for a whole answer, is given up to ``llm_input_tokens`` and gives up
    to ``llm_output_tokens``. Its key is no setting (see ``key``).
    """

    home: Path = Path("var")
    cache: Path = Path("var/cache")
    documents: Path = Path("documents")
    model: str = "bundled"
    questions: str = "trained"
    reader: str = "trained"
    threads: int = 2
    host: str = "127.0.0.1"
    port: int = 7860
    hosts: tuple[str, ...] = ()
    rate: int = 600
    request_mb: int = 2
    upload_mb: int = 256
    request_seconds: int = 60
    upload_seconds: int = 900
    at_once: int = 8
    waiting: int = 200
    audit: bool = True
    file_mb: int = 256
    file_pages: int = 5000
    archive_files: int = 5000
    file_seconds: int = 3600
    file_memory_mb: int = 2048
    llm_model: str = ""
    llm_base_url: str = ""
    llm_timeout: int = 30
    llm_input_tokens: int = 3000
    llm_output_tokens: int = 800


KEY = f"{PREFIX}LLM_KEY"
"""The variable that holds the key of the chat model's server."""


def key(environment: Mapping[str, str] | None = None) -> str:
    """The key of the chat model's server, empty if there is none.

    It comes from the environment alone and is no part of ``Settings``, so that it is in no file and is never shown.
    """
    return (os.environ if environment is None else environment).get(KEY, "").strip()


def settings(
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    **given: Any,
) -> Settings:
    """The settings in force; ``given`` values that are not ``None`` win over everything.

    ``folder`` is where ``policyqa.toml`` and the default folders are looked for, the working directory if
    ``None``. The cache lies inside the home unless it is set itself.
    """
    environment = os.environ if environment is None else environment
    folder = _working_folder() if folder is None else folder
    arguments = {name: value for name, value in given.items() if value is not None}
    values: dict[str, Any] = {}
    for source, chinese, found in (
        (f"{folder / FILE}", f"设置文件 {folder / FILE} ", _file(folder / FILE)),
        (f"the environment ({PREFIX}…)", f"环境变量（{PREFIX}…）", _environment(environment)),
        ("the arguments", "参数", arguments),
    ):
        for name, value in found.items():
            values[name] = _checked(name, value, source, chinese)
    if "home" in values and "cache" not in values:
        values["cache"] = values["home"] / "cache"
    result = replace(Settings(), **values)
    if bool(result.llm_model) != bool(result.llm_base_url):
        raise SettingsError(
            "setting 'llm_model' and setting 'llm_base_url' go together; set the other one or remove this one",
            "设置“llm_model”和“llm_base_url”须同时使用；请补上另一项，或去掉这一项",
        )
    if result.model != Settings().model and result.questions not in ("trained", "plain"):
        raise SettingsError(
            "setting 'questions' names weights for the bundled model, and setting 'model' another one; remove one of them",
            "设置“questions”指定的权重只适用于内置模型，而设置“model”指定了别的模型；请去掉其中一项",
        )
    return replace(
        result,
        home=folder / result.home,
        cache=folder / result.cache,
        documents=folder / result.documents,
        questions=_beside(folder, result.questions),
        reader=_beside(folder, result.reader),
    )


def _beside(folder: Path, weights: str) -> str:
    """The path of weights, looked for in ``folder``; what is no path as it is."""
    return str(folder / weights) if weights.endswith(".safetensors") else weights


def _working_folder() -> Path:
    """The working directory; ``SettingsError`` if it has been deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise SettingsError(
            "the working directory no longer exists; change to a folder that does",
            "当前所在的文件夹已不存在；请先切换到一个存在的文件夹",
        ) from error


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(
            f"{path} cannot be read as TOML ({error}); mend it or remove it",
            f"设置文件 {path} 无法读取（{error}）；请改正或删除它",
        ) from error


def _environment(environment: Mapping[str, str]) -> dict[str, Any]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name != KEY
    }


class _Kind(NamedTuple):
    """How a value is read (``ValueError`` if it cannot be), and what it is to be in the words of an error."""

    read: Callable[[Any], Any]
    english: str
    chinese: str


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError
    return value


def _folder(value: Any) -> Path:
    try:
        return Path(_text(str(value) if isinstance(value, Path) else value)).expanduser()
    except RuntimeError:  # ~somebody, whom this machine does not know
        raise ValueError from None


def _names(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise ValueError
    return tuple(_text(part).strip().lower() for part in parts if part != "")


def _switch(value: Any) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    found = known.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise ValueError
    return found


def _address(value: Any) -> str:
    parts = urlsplit(_text(value).strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError
    return parts.geturl()


def _whole(most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = int(value) if isinstance(value, str) else value
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
            raise ValueError
        return number

    return read


_A_FOLDER = _Kind(_folder, "a folder", "一个文件夹")


def _trained_or(other: str) -> _Kind:
    def read(value: Any) -> str:
        if value in ("trained", other):
            return str(value)
        path = _folder(value)
        if path.suffix != ".safetensors":
            raise ValueError
        return str(path)

    return _Kind(
        read, f"'trained', '{other}' or a .safetensors file", f"“trained”、“{other}”或一个 .safetensors 文件"
    )


def _up_to(most: int) -> _Kind:
    return _Kind(_whole(most), f"a whole number from 1 to {most}", f"1 到 {most} 的整数")


_KINDS: Mapping[str, _Kind] = {
    "home": _A_FOLDER,
    "cache": _A_FOLDER,
    "documents": _A_FOLDER,
    "model": _Kind(_text, "'bundled', or a model's name or path", "“bundled”，或模型的名称或路径"),
    "questions": _trained_or("plain"),
    "reader": _trained_or("none"),
    "threads": _up_to(1024),
    "host": _Kind(_text, "an address", "一个地址"),
    "port": _up_to(65535),
    "hosts": _Kind(_names, "host names, parted by commas", "主机名，以逗号分隔"),
    "rate": _up_to(1_000_000),
    "request_mb": _up_to(1024),
    "upload_mb": _up_to(65536),
    "request_seconds": _up_to(86400),
    "upload_seconds": _up_to(86400),
    "at_once": _up_to(1024),
    "waiting": _up_to(100_000),
    "audit": _Kind(_switch, "true or false", "true 或 false"),
    "file_mb": _up_to(4096),
    "file_pages": _up_to(100_000),
    "archive_files": _up_to(1_000_000),
    "file_seconds": _up_to(86400),
    "file_memory_mb": _up_to(1 << 20),
    "llm_model": _Kind(_text, "a chat model's name", "对话模型的名称"),
    "llm_base_url": _Kind(_address, "a web address without user and password", "不含用户名和密码的网址"),
    "llm_timeout": _up_to(3600),
    "llm_input_tokens": _up_to(1_000_000),
    "llm_output_tokens": _up_to(1_000_000),
}


def _checked(name: str, value: Any, source: str, chinese: str) -> Any:
    """``value`` as the type that the setting has; ``source`` is where it was found."""
    if name not in _KINDS:
        names = ", ".join(sorted(_KINDS))
        raise SettingsError(
            f"unknown setting '{name}' in {source}; the settings are {names}",
            f"{chinese}中有未知的设置“{name}”；可用的设置有：{names}",
        )
    kind = _KINDS[name]
    try:
        return kind.read(value)
    except ValueError:
        shown = "…" if name == "llm_base_url" else repr(value)  # it may hold a password
        raise SettingsError(
            f"setting '{name}' in {source} cannot be {shown}; it takes {kind.english}",
            f"{chinese}中的设置“{name}”不能是 {shown}；它应当是{kind.chinese}",
        ) from None
