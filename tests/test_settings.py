from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.settings import FILE, Settings, key, settings
from index.errors import SettingsError


def read(folder: Path, environment: dict[str, str] | None = None, **given: Any) -> Settings:
    return settings(environment=environment or {}, folder=folder, **given)


def test_without_any_setting_the_defaults_lie_in_the_folder(tmp_path: Path) -> None:
    assert read(tmp_path) == Settings(
        home=tmp_path / "var",
        cache=tmp_path / "var/cache",
        documents=tmp_path / "documents",
        model="bundled",
        threads=2,
        host="127.0.0.1",
        port=7860,
    )


def test_the_file_then_the_environment_then_the_arguments_win(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('home = "a"\nport = 1\nthreads = 1\nhost = "::1"\n', encoding="utf-8")
    found = read(tmp_path, {"POLICYQA_PORT": "2", "POLICYQA_THREADS": "2", "PATH": "x"}, threads=3, host=None)
    assert (found.home, found.port, found.threads, found.host) == (tmp_path / "a", 2, 3, "::1")


def test_the_cache_lies_in_the_home_unless_it_is_set(tmp_path: Path) -> None:
    assert read(tmp_path, {"POLICYQA_HOME": "/srv/qa"}).cache == Path("/srv/qa/cache")
    assert read(tmp_path, {"POLICYQA_HOME": "/srv/qa", "POLICYQA_CACHE": "c"}).cache == tmp_path / "c"


def test_the_real_environment_and_working_folder_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICYQA_MODEL", "intfloat/multilingual-e5-base")
    found = settings()
    assert (found.model, found.home) == ("intfloat/multilingual-e5-base", tmp_path / "var")


def test_a_tilde_is_the_home_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert read(tmp_path, {"POLICYQA_HOME": "~/qa"}).home == tmp_path / "me/qa"


def test_the_key_comes_from_the_environment_alone_and_is_never_shown(tmp_path: Path) -> None:
    environment = {"POLICYQA_LLM_KEY": " sk-1 "}
    assert key(environment) == "sk-1"
    assert key({}) == ""
    assert "sk-1" not in repr(read(tmp_path, environment))
    (tmp_path / FILE).write_text('llm_key = "sk-1"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="unknown setting 'llm_key'") as caught:
        read(tmp_path)
    assert "sk-1" not in str(caught.value) + caught.value.chinese


def test_no_password_is_taken_in_the_address_of_a_chat_model_or_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="without user and password") as caught:
        read(tmp_path, {"POLICYQA_LLM_MODEL": "m", "POLICYQA_LLM_BASE_URL": "http://me:pw@127.0.0.1/v1"})
    assert "pw" not in str(caught.value).replace("password", "") + caught.value.chinese


def test_a_chat_model_is_off_unless_both_its_name_and_its_address_are_set(tmp_path: Path) -> None:
    assert (read(tmp_path).llm_model, read(tmp_path).llm_base_url) == ("", "")
    both = {"POLICYQA_LLM_MODEL": "m", "POLICYQA_LLM_BASE_URL": "http://127.0.0.1:8000/v1"}
    assert read(tmp_path, both).llm_base_url == "http://127.0.0.1:8000/v1"
    for name in both:
        with pytest.raises(SettingsError, match="go together"):
            read(tmp_path, {name: both[name]})


def test_names_are_a_list_or_parted_by_commas_and_a_switch_is_a_word(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('hosts = ["QA.example.cn"]\naudit = false\n', encoding="utf-8")
    assert (read(tmp_path).hosts, read(tmp_path).audit) == (("qa.example.cn",), False)
    found = read(tmp_path, {"POLICYQA_HOSTS": "a.cn, B.cn", "POLICYQA_AUDIT": "True"})
    assert (found.hosts, found.audit) == (("a.cn", "b.cn"), True)
    assert read(tmp_path, {"POLICYQA_HOSTS": ""}).hosts == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THREADS", "0"),
        ("THREADS", "-1"),
        ("THREADS", "two"),
        ("THREADS", ""),
        ("THREADS", "1.5"),
        ("PORT", "65536"),
        ("HOST", " "),
        ("MODEL", ""),
        ("HOME", ""),
        ("HOME", "a\0b"),
        ("HOME", "~nobody-of-this-name/qa"),
        ("THREADS", "9" * 5_000),
        ("RATE", "0"),
        ("AUDIT", "perhaps"),
        ("HOSTS", "a, ,b"),
        ("LLM_BASE_URL", "ftp://127.0.0.1"),
        ("LLM_BASE_URL", "https://"),
        ("LLM_TIMEOUT", "0"),
    ],
)
def test_an_impossible_value_is_refused_with_its_name_place_and_remedy(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, {f"POLICYQA_{name}": value})
    assert f"setting '{name.lower()}' in the environment" in str(caught.value)
    assert "it takes" in str(caught.value)
    assert f"环境变量（POLICYQA_…）中的设置“{name.lower()}”不能是" in caught.value.chinese


@pytest.mark.parametrize(
    "line",
    [
        "threads = 1.5",
        "threads = true",
        "port = []",
        "home = 3",
        'home = ["a"]',
        "model = {a = 1}",
        "host = 1979-05-27",
        "audit = 1",
        "hosts = 3",
        "hosts = [3]",
    ],
)
def test_a_value_of_another_type_in_the_file_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / FILE).write_text(line, encoding="utf-8")
    with pytest.raises(SettingsError, match="it takes") as caught:
        read(tmp_path)
    assert str(tmp_path / FILE) in str(caught.value)
    assert str(tmp_path / FILE) in caught.value.chinese


@pytest.mark.parametrize("name", ["hom", "HOME2", "", "settings", "__class__"])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="unknown setting") as caught:
        read(tmp_path, {f"POLICYQA_{name}": "x"})
    for known in fields(Settings):
        assert known.name in str(caught.value)
        assert known.name in caught.value.chinese


def test_an_unknown_name_in_the_file_or_the_arguments_is_one_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="unknown setting 'hme' in the arguments"):
        read(tmp_path, hme="x")
    (tmp_path / FILE).write_text("[server]\nport = 1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"unknown setting 'server' in .*policyqa\.toml"):
        read(tmp_path)


@pytest.mark.parametrize("content", [b"home = ", b"\xff\xfe", b"home = 'a'\nhome = 'b'\n"])
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(SettingsError, match="cannot be read as TOML") as caught:
        read(tmp_path)
    assert "无法读取" in caught.value.chinese


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(SettingsError, match="cannot be read as TOML"):
        read(tmp_path)


@given(st.dictionaries(st.sampled_from([one.name for one in fields(Settings)]) | st.text(), st.text(), max_size=3))
def test_any_environment_gives_settings_or_one_clear_error(environment: dict[str, str]) -> None:
    refused: tuple[str, str] | None = None
    try:
        found = read(Path("/srv"), {f"POLICYQA_{name}": value for name, value in environment.items()})
    except SettingsError as error:
        refused = str(error), error.chinese
    else:
        assert found.threads >= 1
    assert refused is None or ("setting '" in refused[0] and "设置“" in refused[1])


def test_a_working_directory_that_is_gone_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SettingsError, match="no longer exists"):
        settings(environment={})


def test_weights_are_trained_left_out_or_a_file_beside_its_card(tmp_path: Path) -> None:
    found = settings(
        environment={}, folder=tmp_path, reader="mine/reader.safetensors", questions=tmp_path / "q.safetensors"
    )
    assert found.reader == str(tmp_path / "mine" / "reader.safetensors")
    assert found.questions == str(tmp_path / "q.safetensors")
    assert settings(environment={}, folder=tmp_path, reader="none").reader == "none"
    for value in ("plain", "reader.bin", "~nobody-here/reader.safetensors", "", 3):
        with pytest.raises(SettingsError, match="setting 'reader' in the arguments cannot be"):
            settings(environment={}, folder=tmp_path, reader=value)
    with pytest.raises(SettingsError, match="setting 'questions' names weights for the bundled model"):
        settings(environment={}, folder=tmp_path, questions="q.safetensors", model="another")
