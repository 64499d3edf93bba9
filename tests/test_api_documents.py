"""Documents over HTTP: listed, read, added, corrected and removed; hostile names, large and unreadable files refused."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import HashedEncoder
from serving import over, serving

from assistant.assistant import Assistant
from assistant.settings import Settings
from index.embed import Passage
from index.library import Library

TEXT = "节水管理办法\n\n第一条　推广节水型器具。\n第二条　本办法自2024年5月1日起施行。\n"
FIRST = {"files": ("节水管理办法.txt", TEXT.encode())}


@pytest.fixture
def client(library: Library) -> Iterator[httpx.Client]:
    """A client of a server over an empty library."""
    with over(library) as opened:
        yield opened


def test_a_file_is_added_asked_read_and_removed(client: httpx.Client, library: Library) -> None:
    assert client.get("/api/documents").json() == {"total": 0, "documents": []}
    added = client.post("/api/documents", files=FIRST)
    assert added.status_code == 200
    (id_,) = added.json()["added"]
    assert added.json() == {
        "added": [id_],
        "replaced": [],
        "unchanged": [],
        "arrivals": [
            {
                "id": id_,
                "title": "节水管理办法",
                "characters": len(library.document(id_).text),
                "pages": 0,
                "recognised": 0,
                "notes": [],
                "same_as": [],
            }
        ],
        "failed": [],
    }
    assert client.post("/api/ask", json={"question": "推广什么器具"}).json()["citations"][0]["document_id"] == id_
    assert client.get(f"/api/documents/{id_}").json()["title"] == "节水管理办法"
    text = client.get(f"/api/documents/{id_}/text")
    assert (text.text, text.headers["content-type"]) == (library.document(id_).text, "text/plain; charset=utf-8")
    assert client.get(f"/api/documents/{id_}/text", params={"start": 0, "end": 4}).text == "节水管理"
    original = client.get(f"/api/documents/{id_}/original")
    assert original.content == TEXT.encode()
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"].startswith("attachment; filename*=utf-8''%E8%8A%82")
    assert client.delete(f"/api/documents/{id_}").status_code == 204
    assert not list((library.home / "uploads").iterdir())
    for path in ("", "/text", "/original"):
        assert client.get(f"/api/documents/{id_}{path}").status_code == 404
    assert client.delete(f"/api/documents/{id_}").status_code == 404
    assert client.post("/api/ask", json={"question": "推广什么器具"}).json()["citations"] == []


def test_what_is_wrongly_read_is_corrected_and_goes_with_the_document(
    client: httpx.Client, library: Library
) -> None:
    (id_,) = client.post("/api/documents", files=FIRST).json()["added"]
    before = client.get(f"/api/documents/{id_}").json()
    assert (before["issuer"], before["date"], before["effective"]) == ("", None, "2024-05-01")
    given = {"issuer": "武汉市“水务”局", "date": "2024-04-01", "effective": ""}
    answer = client.patch(f"/api/documents/{id_}", json=given)
    after = before | {"issuer": "武汉市“水务”局", "date": "2024-04-01", "level": "市", "region": "武汉市"}
    assert (answer.status_code, answer.json()) == (200, after)
    assert client.get(f"/api/documents/{id_}").json() == after
    listed = client.get("/api/documents", params={"since": "2024-04-01", "until": "2024-04-01"}).json()
    assert [one["id"] for one in listed["documents"]] == [id_]
    # Of a new version of the file it is still known.
    changed = {"files": (FIRST["files"][0], TEXT.replace("推广", "强制使用").encode())}
    assert client.post("/api/documents", files=changed).json()["replaced"] == [id_]
    assert client.get(f"/api/documents/{id_}").json()["issuer"] == "武汉市“水务”局"
    assert client.patch(f"/api/documents/{id_}", json={"issuer": "", "date": ""}).json()["issuer"] == ""
    client.patch(f"/api/documents/{id_}", json={"title": "另题"})
    assert len(list((library.home / "uploads").iterdir())) == 2
    assert client.delete(f"/api/documents/{id_}").status_code == 204
    assert not list((library.home / "uploads").iterdir())


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"date": "2024-02-30"}, "日期“2024-02-30”不是有效的日期；请写成 2021-01-31 的样子"),
        ({"date": "2024年"}, "请求的内容不正确：body.date（应当符合格式 ^(\\d{4}-\\d{2}-\\d{2})?$）"),
        ({"date": None}, "请求的内容不正确：body.date（应当是文字）"),
        ({"status": "有效"}, "时效不能是“有效”；请从现行、已修改、已废止、失效中选一个"),
        ({"titel": "甲"}, "请求的内容不正确：body.titel（没有此项，请去掉）"),
        ({"title": "甲" * 1001}, "请求的内容不正确：body.title（最多 1000 字）"),
    ],
)
def test_a_correction_that_cannot_be_is_a_problem_and_changes_nothing(
    client: httpx.Client, library: Library, body: dict[str, object], detail: str
) -> None:
    (id_,) = client.post("/api/documents", files=FIRST).json()["added"]
    version = library.version
    response = client.patch(f"/api/documents/{id_}", json={"issuer": "某局", **body})
    assert (response.status_code, response.json()["detail"]) == (422, detail)
    assert response.headers["content-type"] == "application/problem+json"
    assert library.version == version


def test_a_document_whose_file_is_not_at_hand_is_not_corrected(client: httpx.Client, library: Library) -> None:
    assert client.patch("/api/documents/x", json={"title": "甲"}).status_code == 404
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("节水管理办法.txt", TEXT)
    (inside,) = client.post("/api/documents", files={"files": ("包.zip", packed.getvalue())}).json()["added"]
    (id_,) = client.post("/api/documents", files=FIRST).json()["added"]
    Path(library.document(id_).path).unlink()
    for each, said in ((inside, "在压缩包 包.zip 中，无法更正"), (id_, "已不在原处，无法更正")):
        problem = client.patch(f"/api/documents/{each}", json={"title": "甲"}).json()
        assert (problem["status"], problem["title"]) == (409, "文件现在的状态不允许")
        assert said in problem["detail"]
        assert str(library.home) not in problem["detail"]


def test_several_files_are_added_and_those_that_cannot_be_read_are_named(
    client: httpx.Client, library: Library
) -> None:
    files = [
        ("files", ("甲.txt", "甲办法\n\n第一条　甲。\n".encode())),
        ("files", ("乙.exe", b"MZ")),
        ("files", ("丙.pdf", b"no pdf")),
        ("files", ("空.txt", b"")),
    ]
    report = client.post("/api/documents", files=files).json()
    assert len(report["added"]) == 1
    assert [each["name"] for each in report["failed"]] == ["乙.exe", "丙.pdf", "空.txt"]
    for each in report["failed"]:
        assert str(library.home) not in each["detail"]
    assert [path.name for path in (library.home / "uploads").iterdir()] == ["甲.txt"]


def test_files_none_of_which_can_be_read_are_a_problem(client: httpx.Client) -> None:
    response = client.post("/api/documents", files={"files": ("乙.exe", b"MZ")})
    assert response.status_code == 422
    assert response.json()["detail"].startswith("乙.exe：")


def test_a_file_of_the_same_name_replaces_the_one_before_only_if_it_can_be_read(
    client: httpx.Client, library: Library
) -> None:
    (id_,) = client.post("/api/documents", files=FIRST).json()["added"]
    assert client.post("/api/documents", files=FIRST).json()["unchanged"] == [id_]
    assert client.post("/api/documents", files={"files": (FIRST["files"][0], b"")}).status_code == 422
    assert client.get(f"/api/documents/{id_}/original").content == TEXT.encode()
    changed = TEXT.replace("推广", "强制使用").encode()
    report = client.post("/api/documents", files={"files": (FIRST["files"][0], changed)}).json()
    assert report["replaced"] == [id_]
    assert "强制使用" in library.document(id_).text


@pytest.mark.parametrize(
    "name", ["../../x.txt", "/etc/x.txt", "..\\..\\x.txt", "C:\\x.txt", ".x.txt", "a\x01b/x.txt", "x.txt "]
)
def test_no_name_leads_out_of_the_folder_for_uploads(client: httpx.Client, library: Library, name: str) -> None:
    assert client.post("/api/documents", files={"files": (name, TEXT.encode())}).status_code == 200
    (document,) = library.documents()
    assert Path(document.path).parent == (library.home / "uploads").resolve()


def test_a_file_from_an_archive_is_sent_with_its_own_bytes(client: httpx.Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("内/节水管理办法.txt", TEXT)
    (id_,) = client.post("/api/documents", files={"files": ("包.zip", packed.getvalue())}).json()["added"]
    original = client.get(f"/api/documents/{id_}/original")
    assert original.content == TEXT.encode()
    assert original.headers["content-disposition"].endswith(".txt")


def test_an_original_that_was_moved_or_changed_is_gone_but_its_text_stays(
    client: httpx.Client, library: Library
) -> None:
    (id_,) = client.post("/api/documents", files=FIRST).json()["added"]
    path = Path(library.document(id_).path)
    path.write_text("另文", encoding="utf-8")
    assert client.get(f"/api/documents/{id_}/original").status_code == 410
    path.unlink()
    problem = client.get(f"/api/documents/{id_}/original").json()
    assert (problem["status"], problem["detail"]) == (410, "原文件已被移走或改动；全文仍可由 /text 得到")
    assert "节水" in client.get(f"/api/documents/{id_}/text").text


def test_documents_are_filtered_and_paged(client: httpx.Client, tmp_path: Path, library: Library) -> None:
    for place, issuer in enumerate(("甲部", "乙部", "甲部")):
        path = tmp_path / f"{place}.txt"
        path.write_text(f"第{place}号办法\n\n第一条　内容{place}。\n", encoding="utf-8")
        sidecar = f"title = '{place}号办法'\nissuer = '{issuer}'\ndate = 202{place}-01-01\n"
        path.with_name(f"{place}.txt.meta.toml").write_text(sidecar, encoding="utf-8")
    library.add(tmp_path)

    def titles(**params: str | int) -> list[str]:
        return [one["title"] for one in client.get("/api/documents", params=params).json()["documents"]]

    assert titles() == ["0号办法", "1号办法", "2号办法"]
    assert titles(issuer="甲") == ["0号办法", "2号办法"]
    assert titles(since="2021-01-01", until="2021-12-31") == ["1号办法"]
    assert titles(title="2号") == ["2号办法"]
    assert titles(offset=1, limit=1) == ["1号办法"]
    assert client.get("/api/documents", params={"issuer": "甲", "limit": 1}).json()["total"] == 2
    assert client.get("/api/documents", params={"since": "2021-02-30"}).status_code == 422
    assert client.get("/api/documents", params={"limit": 0}).status_code == 422


def test_an_upload_that_is_too_large_is_refused_and_leaves_nothing(library: Library) -> None:
    with over(library, upload_mb=1) as client:
        response = client.post("/api/documents", files={"files": ("大.txt", b"x" * (2 << 20))})
        assert response.status_code == 413
        assert response.json()["title"] == "请求的内容过大"

        def endless() -> Iterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
            for _ in range(40):
                yield b"y" * (64 << 10)

        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert client.post("/api/documents", content=endless(), headers=headers).status_code == 413
        assert not (library.home / "uploads").exists() or not list((library.home / "uploads").iterdir())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_that_is_none_is_refused(client: httpx.Client, content: bytes, kind: str) -> None:
    response = client.post("/api/documents", content=content, headers={"Content-Type": kind})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


class Waiting(HashedEncoder):
    """An encoder that waits until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.begun = threading.Event(), threading.Event()

    def encode_passages(self, passages: list[Passage], progress: Callable[[int], None] | None = None) -> list:  # type: ignore[override, type-arg]
        self.begun.set()
        self.go.wait(20)
        return super().encode_passages(passages, progress)


def test_an_upload_that_takes_too_long_is_finished_all_the_same_and_questions_go_on(tmp_path: Path) -> None:
    encoder = Waiting()
    with (
        Library(tmp_path / "home", encoder) as library,
        serving(Assistant(library, Settings(reader="none")), upload_seconds=1) as (client, _),
    ):
        sent: list[int] = []
        thread = threading.Thread(
            target=lambda: sent.append(client.post("/api/documents", files=FIRST).status_code)
        )
        thread.start()
        assert encoder.begun.wait(5)
        assert client.post("/api/ask", json={"question": "推广什么器具"}).status_code == 200
        thread.join()
        assert sent == [504]
        encoder.go.set()
        for _ in range(100):
            if client.get("/api/documents").json()["total"]:
                break
            threading.Event().wait(0.1)
        else:
            pytest.fail("the upload was not finished")


def test_two_uploads_at_once_are_added_one_after_the_other(client: httpx.Client, library: Library) -> None:
    codes: list[int] = []

    def send(name: str) -> None:
        files = {"files": (f"{name}.txt", TEXT.replace("节水", name).encode())}
        codes.append(client.post("/api/documents", files=files).status_code)

    threads = [threading.Thread(target=send, args=(name,)) for name in "甲乙丙丁"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 4
    assert len(library.documents()) == 4


def test_adding_correcting_and_removing_are_in_the_audit_log(client: httpx.Client, library: Library) -> None:
    (id_,) = client.post("/api/documents", files=FIRST).json()["added"]
    client.patch(f"/api/documents/{id_}", json={"title": "节水规定", "number": ""})
    client.patch(f"/api/documents/{id_}", json={"title": "又改", "status": "无"})
    client.delete(f"/api/documents/{id_}")
    lines = (library.home / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    first, second, third = map(json.loads, lines)
    assert (first["event"], first["documents"], first["files"]) == ("add", [id_], ["节水管理办法.txt"])
    assert (second["event"], second["documents"]) == ("describe", [id_])
    assert second["facts"] == {"title": "节水规定", "number": ""}
    assert (third["event"], third["documents"], third["title"]) == ("remove", [id_], "节水规定")
    assert (second["library"], third["library"]) == (first["library"] + 1, first["library"] + 2)
