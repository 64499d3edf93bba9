"""Options that several groups of commands share."""

from __future__ import annotations

from pathlib import Path

import click


def unicode(ctx: click.Context, parameter: click.Parameter, value: Path | str | None) -> Path | str | None:
    """``value``, unless it holds bytes that are no text: SQLite takes none of those."""
    try:
        str(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise click.BadParameter("不是有效的 Unicode", ctx, parameter) from error
    return value


home_option = click.option(
    "--home",
    type=click.Path(path_type=Path),
    callback=unicode,
    help="文档库所在的文件夹（默认 $POLICYQA_HOME 或 ./var）。",
)
