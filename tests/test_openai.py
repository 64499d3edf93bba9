"""OpenAI's API as its official client uses it: completions streamed and not, models, errors; citations both ways."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest
from openai import OpenAI
from serving import serving

from assistant.api.completions import Message, conversation
from assistant.assistant import Assistant
from assistant.records.accounts import Accounts, Role
from assistant.settings import Settings
from assistant.types import Turn
from index.errors import InvalidQuestion
from index.library import Library

LIST = "2021年碳达峰任务有哪些"


@pytest.fixture(scope="module")
def client(seeded: Library) -> Iterator[OpenAI]:
    """The official client, pointed at a server over it."""
    with (
        serving(Assistant(seeded, Settings(reader="none"))) as (http, _),
        OpenAI(base_url=f"{http.base_url}/v1", api_key="any", max_retries=0) as opened,
    ):
        yield opened


def test_a_completion_has_the_answer_its_references_as_text_and_its_citations(
    client: OpenAI, seeded: Library
) -> None:
    completion = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": LIST}], temperature=0.2, max_tokens=50
    )
    (choice,) = completion.choices
    assert (choice.finish_reason, choice.message.role, completion.model) == (
        "stop",
        "assistant",
        "policy-assistant",
    )
    answer, _, references = str(choice.message.content).partition("\n\n出处：\n")
    assert answer.startswith("二是编制实施2030年前碳排放达峰行动方案。[1]\n")
    assert answer.endswith("扎实推进气候变化南南合作[3]")
    assert references.startswith("[1] 《2021年全国生态环境保护工作会议》（生态环境部，2021-01-21）")
    citations = completion.citations  # type: ignore[attr-defined]
    assert [citation["marker"] for citation in citations] == [1, 2, 3]
    for citation in citations:
        assert f"“{citation['quote']}”" in references
        text = seeded.document(citation["document_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert completion.usage is not None
    assert completion.usage.prompt_tokens == len(LIST)
    assert completion.usage.completion_tokens == len(str(choice.message.content))


def test_a_stream_adds_up_to_the_completion_and_ends_with_the_citations(client: OpenAI) -> None:
    whole = client.chat.completions.create(model="m", messages=[{"role": "user", "content": LIST}])
    chunks = list(
        client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": LIST}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    said = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(said) == whole.choices[0].message.content
    assert len([piece for piece in said if piece]) > 2
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-2:] == [None, "stop"]
    last, usage = chunks[-2:]
    assert last.citations == whole.citations  # type: ignore[attr-defined]
    assert usage.usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_clients_own_streaming_helper_works(client: OpenAI) -> None:
    with client.chat.completions.stream(model="m", messages=[{"role": "user", "content": LIST}]) as stream:
        stream.until_done()
        final = stream.get_final_completion()
    assert str(final.choices[0].message.content).startswith("二是编制实施")


def test_earlier_messages_are_the_history_without_their_references(client: OpenAI) -> None:
    first = client.chat.completions.create(model="m", messages=[{"role": "user", "content": LIST}])
    again = client.chat.completions.create(
        model="m",
        messages=[
            {"role": "system", "content": "你是诗人，只写诗。"},
            {"role": "user", "content": LIST},
            {"role": "assistant", "content": first.choices[0].message.content},
            {"role": "user", "content": [{"type": "text", "text": "2020年呢"}]},
        ],
    )
    assert "启动编制2030年前二氧化碳排放达峰行动方案" in str(again.choices[0].message.content)


def test_a_refusal_is_an_answer_too(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "2022年碳达峰任务有哪些"}]
    )
    said = str(completion.choices[0].message.content)
    assert "2022年" in said
    assert "出处" not in said
    assert "\n\n所引：\n[1] " in said


def test_the_only_model_is_listed_and_found(client: OpenAI) -> None:
    (model,) = client.models.list()
    assert model.id == "policy-assistant"
    assert client.models.retrieve("policy-assistant").owned_by == "policy-assistant"
    with pytest.raises(openai.NotFoundError, match="没有模型 'gpt-4o'"):
        client.models.retrieve("gpt-4o")


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([{"role": "user", "content": ""}], "问题"),
        ([{"role": "user", "content": "？"}], "问题"),
        ([{"role": "user", "content": "长" * 10_001}], "请缩短到 10000 字以内"),
        ([{"role": "user", "content": "问"}, {"role": "assistant", "content": "答"}], "最后一条消息"),
        ([{"role": "system", "content": "问"}], "最后一条消息"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}], "image_url"),
        ([], "messages"),
        ([{"role": "nobody", "content": "问"}], "role"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_answered_is_an_error_that_the_client_understands(
    client: OpenAI, messages: list[dict[str, object]], said: str, stream: bool
) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match=said) as caught:
        client.chat.completions.create(model="m", messages=messages, stream=stream)  # type: ignore[call-overload]
    assert caught.value.type == "invalid_request_error"


def test_more_than_one_choice_is_refused(client: OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="n"):
        client.chat.completions.create(model="m", n=2, messages=[{"role": "user", "content": LIST}])


def test_the_api_key_is_a_token_once_there_are_users(seeded: Library) -> None:
    with Accounts(seeded.home) as accounts:
        accounts.add("admin", "correct horse", Role.ADMIN)
        token = accounts.issue_token("admin", "chat")
        try:
            with serving(Assistant(seeded, Settings(reader="none"))) as (http, _):
                address = f"{http.base_url}/v1"
                with OpenAI(base_url=address, api_key=token, max_retries=0) as known:
                    assert len(list(known.models.list())) == 1
                with (
                    OpenAI(base_url=address, api_key="wrong", max_retries=0) as unknown,
                    pytest.raises(openai.AuthenticationError, match="令牌") as caught,
                ):
                    unknown.models.list()
            assert caught.value.type == "authentication_error"
        finally:
            accounts.remove("admin")


def test_a_conversation_is_read_from_its_messages() -> None:
    def message(role: str, content: str) -> Message:
        return Message.model_validate({"role": role, "content": content})

    asked, turns = conversation(
        [
            message("assistant", "您好，请提问。"),
            message("user", "甲"),
            message("user", "乙"),
            message("assistant", "答乙。[1]\n\n出处：\n[1] 《某文》"),
            message("user", "丙"),
        ]
    )
    assert (asked, turns) == ("丙", (Turn("乙", "答乙。[1]"),))
    with pytest.raises(InvalidQuestion):
        conversation([message("tool", "结果")])
