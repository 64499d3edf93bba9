"""The templates in prompts/: one Markdown file each, with ``$placeholders``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


@cache
def _template(name: str) -> Template:
    return Template((files("prompts") / f"{name}.md").read_text(encoding="utf-8").strip())


def render(name: str, **values: str) -> str:
    """The template ``prompts/<name>.md`` with its placeholders filled.

    ``KeyError`` if a placeholder has no value, ``TypeError`` if a value has no placeholder: both are mistakes of
    the program, never of its user.
    """
    template = _template(name)
    extra = sorted(values.keys() - set(template.get_identifiers()))
    if extra:
        raise TypeError(f"prompt '{name}' has no placeholder {', '.join(extra)}")
    return template.substitute(values)
