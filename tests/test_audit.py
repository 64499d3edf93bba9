"""The audit log: a line for each question, whole whatever happens, and only ever appended to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.audit import Audit
from assistant.service import Asker, Inquiry
from index.errors import StorageUnwritable

AT = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
WHO = Asker("张三", "api", "127.0.0.1")


def inquiry(question: str = "问") -> Inquiry:
    return Inquiry(AT, WHO, question, "查", ("d1", "d2"), 7, "answered", 0.12345)


def test_a_line_says_when_who_what_and_which_documents(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "home" / "audit.jsonl")
    audit.asked(inquiry())
    audit.record("remove", WHO, documents=["d1"])
    first, second = audit.path.read_text(encoding="utf-8").splitlines()
    assert first == (
        '{"time": "2026-11-23T01:02:03.456+00:00", "event": "ask", "user": "张三", "via": "api", '
        '"address": "127.0.0.1", "question": "问", "query": "查", "documents": ["d1", "d2"], "library": 7, '
        '"outcome": "answered", "seconds": 0.123}'
    )
    found = json.loads(second)
    assert (found["event"], found["documents"]) == ("remove", ["d1"])
    assert audit.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("question", ["一\n二\r三\u2028四\u0085五", "\ud800", '"}\n{"event": "ask"}', "\0"])
def test_no_question_breaks_its_line(tmp_path: Path, question: str) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    audit.asked(inquiry(question))
    audit.asked(inquiry())
    lines = audit.path.read_bytes().split(b"\n")
    assert len(lines) == 3
    assert json.loads(lines[0])["question"] == question
    assert json.loads(lines[1])["question"] == "问"


def test_lines_of_many_threads_and_processes_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    script = (
        "import sys; from pathlib import Path; from assistant.audit import Audit; from assistant.service import Asker\n"
        "for n in range(200): Audit(Path(sys.argv[1])).record('e', Asker(), text=sys.argv[2] * 3000)"
    )
    others = [subprocess.Popen([sys.executable, "-c", script, str(path), letter]) for letter in "ab"]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: Audit(path).record("e", WHO, text="c" * 3000), range(200)))
    assert [other.wait(60) for other in others] == [0, 0]
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(texts) == ["a" * 3000] * 200 + ["b" * 3000] * 200 + ["c" * 3000] * 200


def test_a_line_is_there_even_if_the_process_is_killed_right_after(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from assistant.audit import Audit; "
        "from assistant.service import Asker\n"
        "Audit(Path(sys.argv[1])).record('e', Asker()); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "audit.jsonl")], check=False)
    assert done.returncode == -9
    assert json.loads((tmp_path / "audit.jsonl").read_text(encoding="utf-8"))["event"] == "e"


def test_a_line_that_was_torn_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b'{"event": "as')
    Audit(path).record("e", WHO)
    torn, whole = path.read_bytes().splitlines()
    assert torn == b'{"event": "as'
    assert json.loads(whole)["event"] == "e"


def test_a_log_that_is_renamed_is_begun_anew(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    audit.record("first", WHO)
    audit.path.rename(tmp_path / "audit-1.jsonl")
    audit.record("second", WHO)
    assert json.loads(audit.path.read_text(encoding="utf-8"))["event"] == "second"


def test_what_was_written_before_stays_as_it_was(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    for count in range(5):
        before = audit.path.read_bytes() if count else b""
        audit.record("e", WHO, count=count)
        assert audit.path.read_bytes().startswith(before)


def test_a_log_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    folder = tmp_path / "audit.jsonl"
    folder.mkdir()
    with pytest.raises(StorageUnwritable, match=r"audit\.jsonl cannot be written .*audit = false"):
        Audit(folder).check()
    with pytest.raises(StorageUnwritable) as caught:
        Audit(folder).asked(inquiry())
    assert "审计日志" in caught.value.chinese


def test_a_disk_that_is_full_is_an_error_and_not_half_a_line(tmp_path: Path) -> None:
    script = f"""
import resource, signal
from pathlib import Path
from assistant.audit import Audit
from assistant.service import Asker
from index.errors import StorageUnwritable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (150, -1))
audit = Audit(Path({str(tmp_path / "audit.jsonl")!r}))
audit.record("e", Asker())
for _ in range(2):
    try:
        audit.record("e", Asker())
    except StorageUnwritable:
        print("refused")
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, -1))
audit.record("last", Asker())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", "refused"]
    lines = (tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["event"] == "e"
    assert json.loads(lines[-1])["event"] == "last"


def test_the_log_is_opened_anew_each_time_and_no_descriptor_stays_open(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        audit.record("e", WHO)
    assert len(os.listdir("/proc/self/fd")) == before
