"""Accounts: who gets in, with what role, for how long; and what an attacker learns and can do."""

from __future__ import annotations

import multiprocessing
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.records.accounts import EVERYBODY, FILE, Accounts, Role, User
from index.errors import (
    AccountExists,
    InvalidAccount,
    LastAdmin,
    PolicyError,
    StorageDamaged,
    StorageUnwritable,
    TooManyAttempts,
    UnknownToken,
    UnknownUser,
)

RIGHT, WRONG = "对的密码-123", "错的密码-123"


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    """王 is an admin, 李 a reader."""
    with Accounts(tmp_path, clock) as opened:
        opened.add("王", RIGHT, Role.ADMIN)
        opened.add("李", RIGHT, Role.READER)
        yield opened


@pytest.mark.parametrize(
    ("role", "covered"),
    [
        (Role.READER, {Role.READER}),
        (Role.EDITOR, {Role.READER, Role.EDITOR}),
        (Role.ADMIN, {Role.READER, Role.EDITOR, Role.ADMIN}),
    ],
)
def test_a_role_covers_itself_and_those_below(role: Role, covered: set[Role]) -> None:
    assert {other for other in Role if role.covers(other)} == covered


def test_looking_at_an_installation_without_users_writes_nothing(tmp_path: Path) -> None:
    with Accounts(tmp_path / "home") as accounts:
        assert not accounts.configured
        assert accounts.users() == accounts.tokens() == ()
        assert accounts.verify("王", RIGHT) is accounts.session("x") is accounts.token("x") is None
        accounts.close_session("x")
        for change in (
            lambda: accounts.remove("王"),
            lambda: accounts.open_session(EVERYBODY),
            lambda: accounts.issue_token("王", "门户"),
            lambda: accounts.change_password("王", RIGHT),
            lambda: accounts.change_role("王", Role.ADMIN),
        ):
            with pytest.raises(UnknownUser):
                change()
    assert not (tmp_path / "home").exists()


def test_only_the_right_password_of_an_existing_user_signs_in(accounts: Accounts) -> None:
    assert accounts.configured
    assert accounts.users() == (User("李", Role.READER), User("王", Role.ADMIN))
    assert accounts.verify("王", RIGHT) == User("王", Role.ADMIN)
    assert accounts.verify("王", WRONG) is None
    assert accounts.verify("张", RIGHT) is None
    assert accounts.verify("", "") is None
    assert accounts.verify("王", RIGHT[:-1]) is None


def test_a_name_is_found_whatever_its_case_width_and_spaces_and_stands_once(accounts: Accounts) -> None:
    accounts.add("  Ａnna ", RIGHT)
    assert accounts.verify("ANNA", RIGHT) == User("Anna", Role.READER)
    with pytest.raises(AccountExists, match="'anna' exists"):
        accounts.add("anna", RIGHT)


def test_a_password_is_the_same_however_its_accents_are_typed(accounts: Accounts) -> None:
    accounts.add("café", "caf\u00e9-caf\u00e9")
    assert accounts.verify("café", "cafe\u0301-cafe\u0301") is not None


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "a\nb", "a\ud800", "名" * 65, "\u202eadmin"])
def test_a_name_that_cannot_be_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(InvalidAccount) as caught:
        accounts.add(name, RIGHT)
    caught.value.chinese.encode()
    assert accounts.verify(name, RIGHT) is None


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257, "abcdefgh\ud800", "x" * 1_000_000])
def test_a_password_that_cannot_be_is_refused_and_never_matches(accounts: Accounts, password: str) -> None:
    with pytest.raises(InvalidAccount):
        accounts.add("张", password)
    with pytest.raises(InvalidAccount):
        accounts.change_password("李", password)
    assert accounts.verify("李", password) is None
    assert accounts.verify("李", RIGHT) is not None


def test_odd_but_possible_passwords_match_exactly(accounts: Accounts) -> None:
    accounts.add("张", "null\0null-1")
    assert accounts.verify("张", "null\0null-1") is not None
    assert accounts.verify("张", "null\0null-2") is None
    assert accounts.verify("张", "null") is None


def test_the_file_holds_no_password_and_no_secret_and_only_its_owner_reads_it(
    accounts: Accounts, tmp_path: Path
) -> None:
    session = accounts.open_session(User("王", Role.ADMIN))
    token = accounts.issue_token("王", "门户")
    accounts.verify("王", WRONG)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (RIGHT, WRONG, session, token, token.removeprefix("pqa_")):
        assert secret.encode() not in kept
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in kept
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_name_that_nobody_has_costs_as_much_as_a_wrong_password(accounts: Accounts) -> None:
    def cost(attempt: Callable[[int], object]) -> float:
        times = []
        for place in range(5):
            start = time.thread_time()
            attempt(place)
            times.append(time.thread_time() - start)
        return statistics.median(times)

    accounts.verify("王", RIGHT)
    for place in range(5):
        accounts.add(f"人{place}", RIGHT)
    wrong = cost(lambda place: accounts.verify(f"人{place}", WRONG))
    unknown = cost(lambda place: accounts.verify(f"无{place}", WRONG))
    impossible = cost(lambda place: accounts.verify(f"空{place}", "x" * 10_000))
    assert 0.5 < unknown / wrong < 2
    assert 0.5 < impossible / wrong < 2


@pytest.mark.parametrize("name", ["李", "无此人"])
def test_wrong_passwords_lock_a_name_for_longer_and_longer_whether_it_is_a_users_or_not(
    accounts: Accounts, clock: Clock, name: str
) -> None:
    for _ in range(5):
        assert accounts.verify(name, WRONG) is None
    # After the fifth 60 seconds, then 120, 240, 480, and never more than 900.
    for seconds in (60, 120, 240, 480, 900, 900):
        with pytest.raises(TooManyAttempts, match=f"try again in {seconds} seconds"):
            accounts.verify(name, RIGHT)
        clock.now += seconds - 1
        with pytest.raises(TooManyAttempts, match="try again in 1 seconds") as caught:
            accounts.verify(name.upper(), RIGHT)
        assert "请在 1 秒后再试" in caught.value.chinese
        clock.now += 1
        assert accounts.verify(name, WRONG) is None
    assert accounts.verify("王", RIGHT) is not None


def test_a_right_password_a_new_password_and_a_day_end_the_count(accounts: Accounts, clock: Clock) -> None:
    for _ in range(3):
        for _ in range(4):
            assert accounts.verify("李", WRONG) is None
        assert accounts.verify("李", RIGHT) is not None
    for _ in range(5):
        accounts.verify("李", WRONG)
    accounts.change_password("李", RIGHT)
    assert accounts.verify("李", RIGHT) is not None
    for _ in range(5):
        accounts.verify("李", WRONG)
    clock.now += 86_401
    for _ in range(5):
        assert accounts.verify("李", WRONG) is None


def test_guesses_at_the_same_time_are_counted_one_by_one(accounts: Accounts) -> None:
    def guess(_: int) -> str:
        try:
            return str(accounts.verify("李", WRONG))
        except TooManyAttempts:
            return "locked"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(guess, range(32)))
    assert outcomes.count("None") == 5
    assert outcomes.count("locked") == 27


def test_many_windows_may_sign_in_with_the_right_password_at_once(accounts: Accounts) -> None:
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: accounts.verify("李", RIGHT), range(20)))
    assert found == [User("李", Role.READER)] * 20


def test_a_session_lasts_until_it_expires_or_is_closed(accounts: Accounts, clock: Clock) -> None:
    user = User("李", Role.READER)
    first = accounts.open_session(user, timedelta(minutes=10))
    second = accounts.open_session(user)
    assert first != second
    assert accounts.session(first) == accounts.session(second) == user
    clock.now += 599
    assert accounts.session(first) == user
    clock.now += 1
    assert accounts.session(first) is None
    assert accounts.session(second) == user
    accounts.close_session(second)
    assert accounts.session(second) is None
    for stranger in ("", "x", first.upper(), "\ud800", "x" * 1_000_000):
        assert accounts.session(stranger) is None


def test_expired_sessions_are_swept_away_when_another_is_opened(
    accounts: Accounts, clock: Clock, tmp_path: Path
) -> None:
    user = User("李", Role.READER)
    for _ in range(5):
        accounts.open_session(user, timedelta(seconds=1))
    clock.now += 1
    accounts.open_session(user)
    connection = sqlite3.connect(tmp_path / FILE)
    assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
    connection.close()


def test_a_removed_user_is_out_at_once_and_a_new_one_of_that_name_inherits_nothing(
    accounts: Accounts, clock: Clock, tmp_path: Path
) -> None:
    session = accounts.open_session(User("李", Role.READER))
    token = accounts.issue_token("李", "门户")
    with Accounts(tmp_path, clock) as elsewhere:
        assert elsewhere.session(session) == elsewhere.token(token) == User("李", Role.READER)
        accounts.remove("李")
        assert elsewhere.session(session) is elsewhere.token(token) is None
        assert elsewhere.verify("李", RIGHT) is None
        with pytest.raises(UnknownUser):
            elsewhere.open_session(User("李", Role.READER))
        accounts.add("李", RIGHT, Role.ADMIN)
        assert elsewhere.session(session) is elsewhere.token(token) is None


def test_a_changed_role_is_in_force_at_once_and_a_changed_password_ends_the_sessions(accounts: Accounts) -> None:
    session = accounts.open_session(User("李", Role.READER))
    token = accounts.issue_token("李", "门户")
    accounts.change_role("李", Role.EDITOR)
    assert accounts.session(session) == accounts.token(token) == User("李", Role.EDITOR)
    accounts.change_password("李", WRONG)
    assert accounts.session(session) is None
    assert accounts.token(token) == User("李", Role.EDITOR)
    assert accounts.verify("李", RIGHT) is None
    assert accounts.verify("李", WRONG) == User("李", Role.EDITOR)


def test_the_last_admin_stays_while_there_are_others(accounts: Accounts) -> None:
    for change in (lambda: accounts.remove("王"), lambda: accounts.change_role("王", Role.EDITOR)):
        with pytest.raises(LastAdmin):
            change()
    accounts.change_role("王", Role.ADMIN)
    accounts.remove("李")
    assert accounts.remove("王") == User("王", Role.ADMIN)


def test_a_server_does_not_become_everybodys_when_the_last_user_goes(accounts: Accounts, tmp_path: Path) -> None:
    assert accounts.configured
    with Accounts(tmp_path) as elsewhere:
        elsewhere.remove("李")
        elsewhere.remove("王")
    assert accounts.configured
    assert accounts.verify("王", RIGHT) is None
    with Accounts(tmp_path) as opened_later:
        assert not opened_later.configured


def test_a_token_never_may_more_than_its_user(accounts: Accounts) -> None:
    own, low = accounts.issue_token("王", "全权"), accounts.issue_token("王", "只读", Role.READER)
    assert own.startswith("pqa_")
    assert accounts.token(own) == User("王", Role.ADMIN)
    assert accounts.token(low) == User("王", Role.READER)
    middle = accounts.issue_token("王", "维护", Role.EDITOR)
    with pytest.raises(InvalidAccount, match="give a lower role"):
        accounts.issue_token("李", "越权", Role.EDITOR)
    accounts.change_role("李", Role.ADMIN)
    accounts.change_role("王", Role.READER)
    assert {accounts.token(secret) for secret in (own, low, middle)} == {User("王", Role.READER)}
    accounts.change_role("王", Role.ADMIN)
    assert accounts.token(middle) == User("王", Role.EDITOR)


def test_tokens_are_listed_without_their_secrets_and_revoked_by_id_or_label(accounts: Accounts) -> None:
    secrets = [accounts.issue_token(user, label) for user, label in (("王", "甲"), ("王", "乙"), ("李", "甲"))]
    assert [(token.user, token.label, token.role) for token in accounts.tokens()] == [
        ("李", "甲", Role.READER),
        ("王", "乙", Role.ADMIN),
        ("王", "甲", Role.ADMIN),
    ]
    with pytest.raises(InvalidAccount, match="revoke it first"):
        accounts.issue_token("王", "甲")
    for ambiguous in ("甲", "无", "99", ""):
        with pytest.raises(UnknownToken):
            accounts.revoke(ambiguous)
    assert accounts.revoke("乙").user == "王"
    assert accounts.revoke("甲", "李").user == "李"
    assert accounts.revoke(accounts.tokens()[0].id).label == "甲"
    assert [accounts.token(secret) for secret in secrets] == [None] * 3


def test_a_label_that_looks_like_an_id_does_not_shadow_it(accounts: Accounts) -> None:
    accounts.issue_token("王", "2")
    accounts.issue_token("王", "乙")
    assert accounts.revoke("2").label == "乙"


def _add(home: Path, name: str) -> str:
    with Accounts(home) as accounts:
        try:
            return accounts.add(name, RIGHT, Role.ADMIN).name
        except PolicyError as error:
            return type(error).__name__


def test_processes_that_begin_at_once_make_one_file_between_them(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        added = pool.starmap(_add, [(tmp_path, f"人{place % 6}") for place in range(12)])
    assert sorted(added) == ["AccountExists"] * 6 + [f"人{place}" for place in range(6)]
    with Accounts(tmp_path) as accounts:
        assert [user.name for user in accounts.users()] == [f"人{place}" for place in range(6)]


def test_another_programs_file_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    with Accounts(tmp_path) as accounts, pytest.raises(StorageDamaged, match=r"accounts\.sqlite"):
        accounts.add("王", RIGHT)
    other = tmp_path / "other"
    other.mkdir()
    connection = sqlite3.connect(other / FILE)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with Accounts(other) as accounts, pytest.raises(StorageDamaged, match="another program's file"):
        accounts.add("王", RIGHT)


def test_a_home_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with Accounts(tmp_path / "file" / "home") as accounts, pytest.raises(StorageUnwritable, match="--home"):
        accounts.add("王", RIGHT)
