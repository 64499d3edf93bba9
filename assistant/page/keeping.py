"""What the page keeps: conversations, and what people think of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.page.talk import Talk
from assistant.records import export
from assistant.records.conversations import ConversationHead, Conversations, Exchange
from assistant.records.feedback import Feedback, FeedbackStore
from assistant.records.kept import versions
from assistant.types import Turn
from index.errors import UnknownConversation
from index.library import Library


class Keeping:
    """The conversations and the feedback beside a library. Without an owner's name nothing is kept.

    An owner is named by ``assistant.page.visitors.owner``.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.conversations = Conversations(library.home)
        self.feedback = FeedbackStore(library.home)

    def heads(self, owner: str, matching: str) -> tuple[ConversationHead, ...]:
        """The owner's conversations, those changed last first."""
        return self.conversations.list(owner, matching) if owner else ()

    def read(self, owner: str, id_: str) -> tuple[Exchange, ...]:
        """The exchanges of a conversation. Raises ``UnknownConversation``."""
        return self.conversations.read(owner, id_)

    def keep(self, owner: str, talk: Talk) -> Talk:
        """The conversation with the id under which it is kept as far as its answers are whole.

        It begins anew if it was deleted meanwhile. Raises what ``Conversations.save`` raises.
        """
        if not owner:
            return talk
        before = self._exchanges(owner, talk.id) if talk.id else None
        id_ = talk.id if before is not None else self.conversations.start(owner)
        known: Mapping[tuple[str, str], Exchange] = {(one.question, one.answer.text): one for one in before or ()}
        exchanges = []
        for one in talk.rounds:
            if one.whole and one.answer is not None:
                same = known.get((one.question, one.answer.text))
                exchanges.append(same or Exchange(one.question, one.answer, versions(self.library, one.answer)))
        self.conversations.save(owner, id_, exchanges)
        return replace(talk, id=id_)

    def exported(self, owner: str, id_: str, kind: str) -> tuple[str, bytes]:
        """The title and the content of a conversation as a file of ``kind`` md or docx."""
        exchanges, title = self.read(owner, id_), self.conversations.head(owner, id_).title
        if kind == "docx":
            return title, export.as_docx(exchanges, title)
        return title, export.as_markdown(exchanges, title).encode()

    def opinions(self, owner: str, id_: str) -> dict[int, Feedback]:
        """What the owner thinks of the exchanges of a conversation, by their places; ``UnknownConversation``.

        It is found again by what was answered and what led to it, whatever became of the conversation since.
        """
        given = {(one.answer, one.history): one for one in self.feedback.of(owner)}
        exchanges = self.read(owner, id_)
        found = (
            (place, given.get((one.answer, _before(exchanges, place)))) for place, one in enumerate(exchanges)
        )
        return {place: one for place, one in found if one is not None}

    def judged(self, owner: str, id_: str, place: int, good: bool, reason: str) -> None:
        """Store an opinion of the exchange at ``place``, with all that led to it. Raises ``UnknownConversation``.

        One that was given before is changed.
        """
        before = self.opinions(owner, id_).get(place)
        if before is not None:
            self.feedback.change(owner, before.id, good, reason)
            return
        exchanges = self.read(owner, id_)
        if place >= len(exchanges):
            raise UnknownConversation(
                f"the conversation {id_[:80]!r} has no exchange {place}; load the page again",
                "这次对话中没有这条回答；请刷新页面后再试",
            )
        one, history = exchanges[place], _before(exchanges, place)
        self.feedback.add(owner, good, one.answer, reason=reason, history=history, versions=one.versions)

    def unjudged(self, owner: str, id_: str, place: int) -> None:
        """Take the opinion of the exchange at ``place`` back, if there is one. Raises ``UnknownConversation``."""
        before = self.opinions(owner, id_).get(place)
        if before is not None:
            self.feedback.remove(owner, before.id)

    def _exchanges(self, owner: str, id_: str) -> tuple[Exchange, ...] | None:
        try:
            return self.conversations.read(owner, id_)
        except UnknownConversation:
            return None

    def close(self) -> None:
        """Close the files."""
        self.conversations.close()
        self.feedback.close()


def _before(exchanges: Sequence[Exchange], place: int) -> tuple[Turn, ...]:
    """The turns that led to the exchange at ``place``."""
    return tuple(Turn(one.answer.question, one.answer.text) for one in exchanges[:place])
