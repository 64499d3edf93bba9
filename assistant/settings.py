"""Settings, read once: defaults, then ``policyqa.toml``, then ``POLICYQA_*`` variables, then arguments.

The only module that reads the environment. An unknown name or an impossible value is a ``SettingsError``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

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
    folder = Path.cwd() if folder is None else folder
    values: dict[str, Any] = {}
    for source, found in (
        (folder / FILE, _file(folder / FILE)),
        ("the environment", _environment(environment)),
        ("the arguments", {name: value for name, value in given.items() if value is not None}),
    ):
        for name, value in found.items():
            values[name] = _checked(name, value, str(source))
    if "home" in values and "cache" not in values:
        values["cache"] = values["home"] / "cache"
    result = replace(Settings(), **values)
    return replace(
        result,
        home=folder / result.home.expanduser(),
        cache=folder / result.cache.expanduser(),
        documents=folder / result.documents.expanduser(),
    )


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


def _checked(name: str, value: Any, source: str) -> Any:
    """``value`` as the type that the setting has."""
    known = {field.name: type(getattr(Settings(), field.name)) for field in fields(Settings)}
    if name not in known:
        names = ", ".join(sorted(known))
        raise SettingsError(
            f"unknown setting '{name}' in {source}; the settings are {names}",
            f"{source} 中有未知的设置“{name}”；可用的设置有：{names}",
        )
    wanted = known[name]
    try:
        if wanted is int and not isinstance(value, bool):
            number = int(value)
            if number < 1:
                raise ValueError
            return number
        if issubclass(wanted, Path) and isinstance(value, str | Path) and str(value):
            return Path(value)
        if wanted is str and isinstance(value, str) and value:
            return value
        raise ValueError
    except ValueError:
        raise SettingsError(
            f"setting '{name}' in {source} cannot be {value!r}; it takes {_KINDS[name]}",
            f"{source} 中的设置“{name}”不能是 {value!r}；它应当是{_KINDS_CHINESE[name]}",
        ) from None


_KINDS = {
    "home": "a folder",
    "cache": "a folder",
    "documents": "a folder",
    "model": "'bundled', or a model's name or path",
    "threads": "a whole number from 1",
    "host": "an address",
    "port": "a whole number from 1",
}
_KINDS_CHINESE = {
    "home": "一个文件夹",
    "cache": "一个文件夹",
    "documents": "一个文件夹",
    "model": "“bundled”，或模型的名称或路径",
    "threads": "不小于 1 的整数",
    "host": "一个地址",
    "port": "不小于 1 的整数",
}
