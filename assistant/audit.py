"""The audit log: who asked what and which documents were cited, one JSON object a line, only ever appended to.

Each line is handed to the operating system in one write before the answer is, so that a crash of this process loses
none; several processes may write at once. The file is opened for every line: whoever rotates the log only needs to
rename it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.service import Asker, Inquiry
from index.errors import StorageUnwritable

FILE = "audit.jsonl"


class Audit:
    """The log at ``path``, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def asked(self, inquiry: Inquiry) -> None:
        """Record a question. Raises ``StorageUnwritable``."""
        self._write(
            inquiry.at,
            "ask",
            inquiry.asker,
            {
                "question": inquiry.question,
                "query": inquiry.query,
                "documents": inquiry.documents,
                "library": inquiry.library,
                "outcome": inquiry.outcome,
                "seconds": round(inquiry.seconds, 3),
            },
        )

    def record(self, event: str, asker: Asker, **facts: Any) -> None:
        """Record anything else: "add", "remove", "sign-in"… with its facts. Raises ``StorageUnwritable``."""
        self._write(datetime.now(UTC), event, asker, facts)

    def check(self) -> None:
        """Raise ``StorageUnwritable`` unless a line can be written."""
        os.close(self._opened())

    def _write(self, at: datetime, event: str, asker: Asker, facts: Mapping[str, Any]) -> None:
        values = {
            "time": at.isoformat(timespec="milliseconds"),
            "event": event,
            "user": asker.name,
            "via": asker.via,
            "address": asker.address,
            **facts,
        }
        line = json.dumps(values, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        descriptor = self._opened()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # else the end of a line being written looks torn
            if _torn(descriptor):
                line = b"\n" + line
            if os.write(descriptor, line) != len(line):
                raise self._unwritable(os.strerror(errno.ENOSPC))
        except OSError as error:
            raise self._unwritable(os.strerror(error.errno or 0)) from error
        finally:
            os.close(descriptor)

    def _opened(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unwritable(os.strerror(error.errno or 0)) from error

    def _unwritable(self, reason: str) -> StorageUnwritable:
        return StorageUnwritable(
            f"the audit log {self.path} cannot be written ({reason}); make its folder writable, free some space, "
            "or set audit = false",
            f"审计日志 {self.path} 无法写入（{reason}）；请修改目录权限、清理磁盘，或设置 audit = false",
        )


def _torn(descriptor: int) -> bool:
    """Whether the last line is not whole, as a full disk leaves it."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
