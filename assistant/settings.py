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

from index.errors import SettingsError

PREFIX = "POLICYQA_"
FILE = "policyqa.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be configured.

    ``home`` holds the library, ``cache`` the expanded model, ``documents`` what an empty library is filled
    from. ``model`` is "bundled" or the name or path of a Sentence Transformers model. ``threads`` is the
    number of processor threads for the encoder. ``host`` and ``port`` are where the page listens.
    """

    home: Path = Path("var")
    cache: Path = Path("var/cache")
    documents: Path = Path("documents")
    model: str = "bundled"
    threads: int = 2
    host: str = "127.0.0.1"
    port: int = 7860


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
    return replace(
        result, home=folder / result.home, cache=folder / result.cache, documents=folder / result.documents
    )


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
        name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name.startswith(PREFIX)
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


def _whole(most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = int(value) if isinstance(value, str) else value
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
            raise ValueError
        return number

    return read


_A_FOLDER = _Kind(_folder, "a folder", "一个文件夹")
_KINDS: Mapping[str, _Kind] = {
    "home": _A_FOLDER,
    "cache": _A_FOLDER,
    "documents": _A_FOLDER,
    "model": _Kind(_text, "'bundled', or a model's name or path", "“bundled”，或模型的名称或路径"),
    "threads": _Kind(_whole(1024), "a whole number from 1 to 1024", "1 到 1024 的整数"),
    "host": _Kind(_text, "an address", "一个地址"),
    "port": _Kind(_whole(65535), "a whole number from 1 to 65535", "1 到 65535 的整数"),
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
        raise SettingsError(
            f"setting '{name}' in {source} cannot be {value!r}; it takes {kind.english}",
            f"{chinese}中的设置“{name}”不能是 {value!r}；它应当是{kind.chinese}",
        ) from None
