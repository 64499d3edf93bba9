"""kill -9 in the middle of an ingest leaves the last committed document, and running again goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import HashedEncoder

from index.library import Library

SCRIPT = """
import sys, time
from pathlib import Path
from conftest import HashedEncoder
from index.library import Library

class Slow(HashedEncoder):
    calls = 0  # the last files are never come to, however late the process is killed

    def encode_passages(self, passages, progress=None):
        self.calls += 1
        time.sleep(0.05 if self.calls < int(sys.argv[3]) + 3 else 600)
        return super().encode_passages(passages, progress)

with Library(Path(sys.argv[1]), Slow()) as library:
    print("open", flush=True)
    library.add(Path(sys.argv[2]), progress=lambda done, total, path: print(done, flush=True))
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_killed_ingest_keeps_whole_documents_and_goes_on(tmp_path: Path, after: int) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    files.mkdir()
    for number in range(8):
        lines = (f"第{number}号办法第{line}款，应当节约用水。" for line in range(1200))
        (files / f"{number:02}.txt").write_text("\n".join(lines), encoding="utf-8")
    here = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(home), str(files), str(after)],
        env={**os.environ, "PYTHONPATH": f"{here}:{here.parent}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if line.strip() != "open" and float(line) >= after:
                break
        time.sleep(0.01 * after)
        process.send_signal(signal.SIGKILL)
        process.wait()

    with Library(home, HashedEncoder()) as library:
        kept = library.documents()
        assert after - 1 <= len(kept) < 8
        for summary in kept:
            text = library.document(summary.id).text
            assert "".join(chunk.text for chunk in library.chunks(summary.id)) == text
            assert text == Path(summary.path).read_text(encoding="utf-8")
        if kept:
            assert library.search("节约用水", k=1)
        report = library.add(files)
        assert (len(report.unchanged), len(report.added)) == (len(kept), 8 - len(kept))
        check = library.search("第7号办法", k=1)[0]
        assert "第7号" in check.chunk.text
