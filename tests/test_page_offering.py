"""The example questions are looked for beside all else, follow the library, and are kept for the next start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import DOCUMENTS
from pages import until

from assistant.assistant import Assistant
from assistant.page.offering import FILE, OFFERED, Offering
from assistant.service import Asker, Service
from assistant.settings import Settings
from index.errors import InvalidQuestion
from index.library import Library

MEETING = """云溪市河道保护工作会议

2024年要抓好以下重点任务。一是继续开展垃圾清理行动，清理河道垃圾。二是加强堤防建设，加固堤防。三是整治排污口，查处偷排。
"""
OFFER = ("2024年有哪些重点任务？",)
"""What is offered of it; by the words alone the points themselves are not told apart."""


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    """A file that has one question to offer."""
    path = tmp_path / "meeting.txt"
    path.write_text(MEETING, encoding="utf-8")
    return path


@pytest.fixture
def service(library: Library) -> Service:
    """A service over the library, without the trained reader."""
    return Service(Assistant(library, Settings(reader="none")))


@pytest.fixture
def offering(service: Service) -> Iterator[Offering]:
    """What it offers."""
    made = Offering(service)
    yield made
    made.close()


def found(offering: Offering) -> tuple[str, ...]:
    """The questions, once they are found."""
    questions = until(lambda: (known := offering.questions()) is not None and (known,))
    return tuple(questions[0])


def test_they_are_looked_for_beside_and_every_one_is_answered(assistant: Assistant) -> None:
    offering = Offering(Service(assistant))
    assert offering.questions() is None
    questions = found(offering)
    offering.close()
    assert len(questions) == len(set(questions)) == OFFERED
    assert all(assistant.ask(question).answered for question in questions)


def test_they_follow_the_library(library: Library, offering: Offering, meeting: Path) -> None:
    assert found(offering) == ()
    (id_,) = library.add(meeting).added
    assert offering.questions() is None
    assert found(offering) == OFFER
    library.remove(id_)
    assert found(offering) == ()


def test_the_next_start_needs_no_search_for_them(
    library: Library, service: Service, offering: Offering, meeting: Path
) -> None:
    library.add(meeting)
    questions = found(offering)
    until((library.home / FILE).exists)
    again = Offering(service)
    assert again.questions() == questions
    # Another way of answering may answer others.
    other = Offering(Service(Assistant(library, Settings(reader="trained"))))
    other.close()
    assert other.questions() is None
    library.add(DOCUMENTS)
    again.close()
    assert again.questions() is None


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", "{}", '{"state": 1, "questions": []}', '{"state": "", "questions": [5]}']
)
def test_a_damaged_file_of_them_is_as_good_as_none(library: Library, service: Service, kept: str) -> None:
    (library.home / FILE).write_text(kept, encoding="utf-8")
    offering = Offering(service)
    assert found(offering) == ()
    offering.close()
    assert json.loads((library.home / FILE).read_text(encoding="utf-8"))["questions"] == []


def test_without_room_on_disk_they_are_found_all_the_same(
    library: Library, offering: Offering, meeting: Path
) -> None:
    library.add(meeting)
    (library.home / FILE).mkdir()
    assert found(offering) == OFFER


def test_they_wait_while_somebody_asks(
    library: Library, service: Service, offering: Offering, meeting: Path
) -> None:
    library.add(meeting)
    answering = service.stream(OFFER[0], asker=Asker())
    next(answering)
    assert offering.questions() is None
    service.assistant.load()
    assert offering.questions() is None
    for _ in answering:
        pass
    assert found(offering) == OFFER


def test_an_answer_that_cannot_be_had_offers_nothing_and_ends_nothing(
    library: Library, service: Service, offering: Offering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise InvalidQuestion("no", "不")

    library.add(DOCUMENTS)
    monkeypatch.setattr(library, "search", fail)
    assert offering.questions() is None
    offering.close()
    assert offering.questions() is None
