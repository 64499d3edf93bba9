"""Old Word, WPS and RTF files (.doc .wps .rtf), by way of LibreOffice, where it is installed.

LibreOffice runs with a profile of its own in a folder that is gone afterwards, and is ended with all that it
started when it takes too long.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from index.errors import MissingExtra, UnreadableFile
from index.load.docx import word
from index.types import Content

PATIENCE = 60.0  # seconds
PROGRAMS = ("soffice", "libreoffice")


def converted(data: bytes, path: Path) -> Content:
    """The text of an old Word, WPS or RTF file, as of a Word document.

    Raises MissingExtra, naming ``path``, where LibreOffice is not installed, and UnreadableFile if it cannot read
    the file or takes longer than ``PATIENCE``.
    """
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise MissingExtra(
            f"{path} needs LibreOffice to be read; install it (apt-get install libreoffice-writer) "
            "or save the file as .docx and add that",
            f"读取 {path} 需要 LibreOffice；请安装（apt-get install libreoffice-writer），或将文件另存为 .docx 后添加",
        )
    with tempfile.TemporaryDirectory(prefix="policyqa-") as folder:
        made = _run(program, data, path, Path(folder))
    return word(made, path)


def _run(program: str, data: bytes, path: Path, folder: Path) -> bytes:
    """The file as .docx."""
    source = folder / f"in{path.suffix.lower() or '.doc'}"
    source.write_bytes(data)
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--convert-to", "docx:MS Word 2007 XML"),
        *("--outdir", str(folder / "out"), str(source)),
    ]
    environment = {**os.environ, "HOME": str(folder), "no_proxy": "*"}
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise UnreadableFile(
                f"{path} took LibreOffice longer than {PATIENCE:.0f} seconds; save it as .docx and add that",
                f"LibreOffice 转换 {path} 超过 {PATIENCE:.0f} 秒；请另存为 .docx 后重新添加",
            ) from error
        finally:
            _end(process)
    made = folder / "out" / "in.docx"
    if not made.is_file():
        raise UnreadableFile(
            f"{path} cannot be converted by LibreOffice; open it, save it as .docx and add that",
            f"LibreOffice 无法转换 {path}；请打开后另存为 .docx 再添加",
        )
    return made.read_bytes()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
