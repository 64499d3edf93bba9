"""The page's own routes: documents to read, files to add and remove, conversations; each asks who it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import HashedEncoder
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pages import policies
from PIL import Image
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.assistant import Assistant
from assistant.audit import FILE, Audit
from assistant.page.keeping import Keeping
from assistant.page.offering import Offering
from assistant.page.routes import routes
from assistant.page.talk import Round, Talk
from assistant.page.visitors import COOKIE
from assistant.records.accounts import EVERYBODY, Role, User
from assistant.records.feedback import FeedbackStore
from assistant.service import Service
from assistant.settings import Settings
from assistant.types import Answer
from index.library import Library

RIVER = "云溪市河道保护办法"


class Gate:
    """What stands before the routes: it knows who it is."""

    def __init__(self, app: ASGIApp, user: User | None) -> None:
        self.app = app
        self.user = user

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["user"] = self.user
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with two invented policies."""
    return policies(tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="module")
def filled(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a library of them, of which each test has a copy."""
    home = tmp_path_factory.mktemp("filled")
    with Library(home, HashedEncoder()) as library:
        library.add(files)
    return home


@pytest.fixture
def library(filled: Path, tmp_path: Path) -> Iterator[Library]:
    """A library of two invented policies."""
    with Library(Path(shutil.copytree(filled, tmp_path / "home")), HashedEncoder()) as opened:
        yield opened


@pytest.fixture
def audit(library: Library) -> Audit:
    """The audit log beside it."""
    return Audit(library.home / FILE)


@pytest.fixture
def served(library: Library, audit: Audit) -> Iterator[FastAPI]:
    """The routes over it."""
    keeping, offering = Keeping(library), Offering(Service(Assistant(library, Settings(reader="none"))))
    yield routes(library, keeping, offering, audit.record)
    offering.close()
    keeping.close()


@pytest.fixture
def client(served: FastAPI) -> TestClient:
    """A browser where nobody needs to sign in."""
    return TestClient(Gate(served, EVERYBODY))


def river(client: TestClient) -> str:
    """The id of the policy that is a PDF."""
    return next(str(one["id"]) for one in client.get("/documents").json() if one["title"] == RIVER)


def sent(client: TestClient, name: str, content: bytes) -> dict[str, Any]:
    """The last line that tells of a file that is sent."""
    answer = client.put(f"/upload/{name}", content=content)
    assert answer.status_code == 200, answer.text
    last: dict[str, Any] = json.loads(answer.text.strip().split("\n")[-1])
    return last


def test_the_table_has_what_is_known_of_every_document(client: TestClient) -> None:
    found = {one["title"]: one for one in client.get("/documents").json()}
    assert (found[RIVER]["number"], found[RIVER]["date"], found[RIVER]["pages"]) == (
        "云政令〔2024〕12号",
        "2024-03-05",
        3,
    )
    assert found["云溪市河道管理暂行规定"]["status"] == "已废止"


def test_a_quote_comes_with_its_place_and_the_words_to_copy(client: TestClient) -> None:
    address = f"/document/{river(client)}"
    (span,) = client.get(f"{address}/find", params={"words": "责令限期改正"}).json()["spans"]
    about = client.get(address, params={"start": span[0], "end": span[1]}).json()
    assert (about["article"], about["page"], about["original"], about["pictures"]) == ("第六条", 2, "there", True)
    assert about["heading"].startswith("第二章 保护 › 第六条")
    assert about["quotation"] == f"《{RIVER}》（云政令〔2024〕12号，2024年3月5日）第六条：“责令限期改正”"
    text = client.get(f"{address}/text", params={"around": True, "start": span[0], "end": span[1]}).json()
    assert any("责令限期改正" in line[1] and line[0] <= span[0] for line in text["lines"])
    around = client.get(f"{address}/quote", params={"start": span[0], "end": span[1]}).json()
    assert (around["title"], around["quote"], around["page"]) == (RIVER, "责令限期改正", 2)
    assert around["before"].endswith("由市水务部门")
    heads = [head[2] for head in client.get(f"{address}/outline").json()]
    assert heads[:2] == [
        "第一章 总则",
        "第一条 为了加强河道保护，保障防洪安全，改善水环境，根据有关法律、法规，结合本…",
    ]


def test_offsets_beyond_the_document_are_taken_for_its_end(client: TestClient) -> None:
    about = client.get(f"/document/{river(client)}", params={"start": 10**9, "end": -5}).json()
    assert about["start"] == about["end"] == about["characters"]
    assert about["quotation"] == ""


def test_a_page_is_a_picture_with_the_quote_marked(client: TestClient) -> None:
    address = f"/document/{river(client)}"
    (span,) = client.get(f"{address}/find", params={"words": "擅自取土、采砂"}).json()["spans"]
    plain, marked = (
        Image.open(BytesIO(client.get(f"{address}/page/2", params=quote).content)).convert("RGB")
        for quote in ({}, {"start": span[0], "end": span[1]})
    )
    assert plain.size == marked.size == (1100, 1557)

    def yellow(picture: Image.Image) -> list[int]:
        """The rows that are marked; on the page, 595 points wide, a line is 26 points high, and the third at 760 - 52."""
        return [
            row
            for row in range(picture.height)
            if any(
                (pixel := cast("tuple[int, int, int]", picture.getpixel((x, row))))[0] - pixel[2] > 100
                for x in range(200, 500, 7)
            )
        ]

    # The third line's letters stand on 708 of 842 points: (842 - 708) × 1100 / 595 = 248 pixels from the top.
    assert yellow(plain) == []
    rows = yellow(marked)
    assert rows
    assert 215 < rows[0] < 248 < rows[-1] < 265
    assert client.get(f"{address}/page/4").status_code == 400


def test_the_original_is_there_changed_or_gone(client: TestClient, files: Path) -> None:
    address, file = f"/document/{river(client)}", files / f"{RIVER}.pdf"
    whole = file.read_bytes()
    answer = client.get(f"{address}/original")
    assert answer.content == file.read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E4%BA%91")
    file.write_bytes(file.read_bytes() + b"\n")
    assert client.get(address).json()["original"] == "changed"
    file.unlink()
    assert client.get(address).json()["original"] == "gone"
    answer = client.get(f"{address}/original")
    assert (answer.status_code, answer.json()) == (404, {"error": "原文件已不在原处"})
    assert client.get(f"{address}/page/1").status_code == 404
    assert client.get(f"{address}/text").json()["lines"]
    file.write_bytes(whole)


def test_an_unknown_document_is_said_to_be_unknown(client: TestClient) -> None:
    answer = client.get("/document/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"] == "这份文件已从文件库中移除"


def test_a_file_is_added_replaced_and_removed_with_its_copy(client: TestClient, library: Library) -> None:
    first = sent(client, "公园规定.txt", "公园管理规定\n\n第一条　公园21时关门。\n".encode())
    assert (first["stage"], first["replaced"], [one["title"] for one in first["arrived"]]) == (
        "done",
        0,
        ["公园管理规定"],
    )
    kept = library.home / "uploads" / "公园规定.txt"
    assert kept.is_file()
    again = sent(client, "公园规定.txt", "公园管理规定\n\n第一条　公园22时关门。\n".encode())
    assert (again["replaced"], again["arrived"][0]["id"]) == (1, first["arrived"][0]["id"])
    assert "22时" in library.document(first["arrived"][0]["id"]).text
    assert client.delete(f"/document/{first['arrived'][0]['id']}").status_code == 200
    assert not kept.exists()
    assert len(library.documents()) == 2


def test_what_is_known_of_a_document_is_corrected(client: TestClient, library: Library) -> None:
    id_ = sent(client, "公园规定.txt", "公园管理规定\n\n第一条　公园21时关门。\n".encode())["arrived"][0]["id"]
    facts = {"title": "公园<b>办法</b>", "date": "2024-03-04"}
    after = client.patch(f"/document/{id_}", json={"facts": facts}).json()
    (row,) = [one for one in client.get("/documents").json() if one["id"] == id_]
    assert (row["title"], row["date"], row["kind"]) == ("公园<b>办法</b>", "2024-03-04", "")
    assert after == {name: value for name, value in row.items() if name not in ("pages", "characters")}
    assert client.get(f"/document/{id_}").json()["title"] == "公园<b>办法</b>"
    assert client.patch(f"/document/{id_}", json={"facts": {"title": ""}}).json()["title"] == "公园管理规定"
    for wrong, code, told in (
        ({"date": "2024-02-30"}, 400, "日期“2024-02-30”不是有效的日期；请写成 2021-01-31 的样子"),
        ({"path": "/etc/passwd"}, 400, "不能更正 'path'"),
    ):
        answer = client.patch(f"/document/{id_}", json={"facts": wrong})
        assert answer.status_code == code
        assert answer.json()["error"].startswith(told)
    assert client.patch(f"/document/{id_}", json={"facts": {"title": "x" * 1001}}).status_code == 422
    assert client.patch("/document/nothing", json={"facts": {}}).status_code == 404
    (library.home / "uploads" / "公园规定.txt").unlink()
    gone = client.patch(f"/document/{id_}", json={"facts": {"title": "甲"}})
    assert (gone.status_code, gone.json()["error"][:10]) == (409, "公园规定.txt 已")
    client.delete(f"/document/{id_}")
    assert list((library.home / "uploads").iterdir()) == []


def test_a_file_that_cannot_be_read_leaves_the_one_of_its_name_as_it_was(
    client: TestClient, library: Library
) -> None:
    sent(client, "规定.txt", "甲规定\n\n第一条　甲。\n".encode())
    failed = sent(client, "规定.txt", b"")
    assert failed["failed"] == [["规定.txt", failed["failed"][0][1]]]
    assert str(library.home) not in failed["failed"][0][1]
    assert "甲" in (library.home / "uploads" / "规定.txt").read_text(encoding="utf-8")
    assert sorted(path.name for path in (library.home / "uploads").iterdir()) == ["规定.txt"]


def test_who_changed_the_library_is_in_the_audit_log_as_of_the_api(served: FastAPI, audit: Audit) -> None:
    client = TestClient(Gate(served, User("编辑", Role.EDITOR)))
    (arrived,) = sent(client, "甲.txt", "甲规定\n\n第一条　甲。\n".encode())["arrived"]
    sent(client, "甲.txt", b"")
    client.patch(f"/document/{arrived['id']}", json={"facts": {"title": "乙规定"}})
    client.delete(f"/document/{arrived['id']}")
    assert client.delete("/document/nothing").status_code == 404
    assert (
        TestClient(Gate(served, User("读者", Role.READER))).put("/upload/a.txt", content=b"x").status_code == 403
    )
    found = [json.loads(line) for line in audit.path.read_text(encoding="utf-8").splitlines()]
    who = {"user": "编辑", "via": "page", "address": "testclient"}
    before = 2  # the library's version: two files were added
    assert [{name: one[name] for name in one if name != "time"} for one in found] == [
        who | {"event": "add", "files": ["甲.txt"], "documents": [arrived["id"]], "library": before + 1},
        who | {"event": "add", "files": ["甲.txt"], "documents": [], "library": before + 1},
        who
        | {
            "event": "describe",
            "documents": [arrived["id"]],
            "facts": {"title": "乙规定"},
            "library": before + 2,
        },
        who | {"event": "remove", "documents": [arrived["id"]], "title": "乙规定", "library": before + 3},
    ]


@pytest.mark.parametrize("name", ["病毒.exe", "..%2F..%2F规定.toml", "a.meta.toml"])
def test_a_file_of_an_unknown_type_is_refused(client: TestClient, name: str) -> None:
    answer = client.put(f"/upload/{name}", content=b"x")
    assert answer.status_code in (400, 404)


def test_a_name_can_point_nowhere_else(client: TestClient, library: Library) -> None:
    done = sent(client, "..\\..\\.乙.txt", "乙规定\n\n第一条　乙。\n".encode())
    assert done["arrived"]
    assert [path.name for path in (library.home / "uploads").iterdir()] == ["乙.txt"]


def test_only_an_editor_changes_the_library_and_nobody_unknown_reads_it(served: FastAPI) -> None:
    reader, stranger = TestClient(Gate(served, User("读者", Role.READER))), TestClient(Gate(served, None))
    me = reader.get("/me").json()
    assert len(me.pop("run")) == 8
    assert me == {"name": "读者", "known": True, "editor": False, "documents": 2}
    assert reader.put("/upload/a.txt", content=b"x").status_code == 403
    assert reader.delete(f"/document/{river(reader)}").json() == {"error": "没有权限；请联系管理员"}
    assert reader.patch(f"/document/{river(reader)}", json={"facts": {}}).status_code == 403
    assert TestClient(Gate(served, User("编辑", Role.EDITOR))).get("/me").json()["editor"]
    for path in ("/me", "/documents", f"/document/{river(reader)}", "/conversations"):
        assert stranger.get(path).status_code == 401


def kept(library: Library, owner: str) -> str:
    """The id of a conversation of the owner's."""
    keeping = Keeping(library)
    one = Round("甲问", Answer("甲问", "甲问", "答乙", True, "open", 1.0), ended=True)
    id_ = keeping.keep(owner, Talk("", (one,))).id
    keeping.close()
    return id_


def test_a_browser_gets_an_id_and_sees_its_own_conversations_alone(served: FastAPI, library: Library) -> None:
    one, other = TestClient(Gate(served, EVERYBODY)), TestClient(Gate(served, EVERYBODY))
    assert one.get("/conversations").json() == []
    for each in (one, other):
        each.get("/me")
    assert one.cookies[COOKIE] != other.cookies[COOKIE]
    id_ = kept(library, f"browser {one.cookies[COOKIE]}")
    assert [head["title"] for head in one.get("/conversations").json()] == ["甲问"]
    assert other.get("/conversations").json() == []
    assert one.get("/conversations", params={"matching": "没有"}).json() == []
    address = f"/conversation/{id_}"
    assert other.get(f"{address}/export/md").status_code == 404
    assert other.patch(address, json={"title": "乙"}).status_code == 404
    assert other.delete(address).status_code == 404
    verdict = {"conversation": id_, "exchange": 0, "good": True, "reason": ""}
    assert other.post("/feedback", json=verdict).status_code == 404
    assert one.post("/feedback", json=verdict).status_code == 200
    assert one.patch(address, json={"title": "丙"}).status_code == 200
    answer = one.get(f"{address}/export/md")
    assert "答乙" in answer.text
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E4%B8%99.md"
    assert one.get(f"{address}/export/docx").content.startswith(b"PK")
    assert one.get(f"{address}/export/pdf").status_code == 404
    assert one.delete(address).status_code == 200
    assert one.get("/conversations").json() == []


def test_an_opinion_is_found_again_changed_and_taken_back(served: FastAPI, library: Library) -> None:
    client, other = (
        TestClient(Gate(served, User("张三", Role.READER))),
        TestClient(Gate(served, User("李四", Role.READER))),
    )
    address = f"/conversation/{kept(library, '张三')}"
    assert client.get(f"{address}/opinions").json() == []
    verdict = {"conversation": address.rpartition("/")[2], "exchange": 0, "good": False, "reason": "不完整"}
    assert client.post("/feedback", json=verdict).status_code == 200
    assert client.get(f"{address}/opinions").json() == [{"exchange": 0, "good": False, "reason": "不完整"}]
    assert other.get(f"{address}/opinions").status_code == 404
    assert other.delete(f"{address}/opinion/0").status_code == 404
    client.post("/feedback", json={**verdict, "good": True, "reason": ""})
    with FeedbackStore(library.home) as store:
        assert [(one.good, one.reason) for one in store.all()] == [(True, "")]
        assert client.delete(f"{address}/opinion/0").status_code == 200
        assert store.all() == ()
    assert client.get(f"{address}/opinions").json() == []
    assert client.delete(f"{address}/opinion/0").status_code == 200


def test_a_users_conversations_follow_the_user(served: FastAPI, library: Library) -> None:
    kept(library, "张三")
    assert len(TestClient(Gate(served, User("张三", Role.READER))).get("/conversations").json()) == 1
    assert TestClient(Gate(served, User("李四", Role.ADMIN))).get("/conversations").json() == []


def test_the_documents_within_filters_are_counted(client: TestClient) -> None:
    every = len(client.get("/documents").json())
    assert client.post("/passing", json={}).json() == {"count": every}
    assert client.post("/passing", json={"documents": [river(client)]}).json() == {"count": 1}
    assert client.post("/passing", json={"since": "2999-01-01"}).json() == {"count": 0}
    refused = client.post("/passing", json={"since": "明天"})
    assert (refused.status_code, "明天" in refused.json()["error"]) == (400, True)
