"""What all routes share, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from assistant.api.lanes import Lane
from assistant.api.metrics import Metrics
from assistant.assistant import Assistant
from assistant.audit import FILE, Audit
from assistant.records.accounts import SIGNING, Accounts, Role, User
from assistant.records.feedback import FeedbackStore
from assistant.service import Asker, Service
from assistant.settings import Settings

COOKIE = "policyqa_session"


@dataclass(frozen=True, slots=True)
class Shared:
    """One server's parts; ``audit`` is ``None`` where it is switched off.

    Questions and searches go through the lane ``asking``, changes of the library one by one through ``adding``,
    passwords through ``signing``, all other work that may block through ``reading``.
    """

    service: Service
    accounts: Accounts
    feedback: FeedbackStore
    audit: Audit | None
    metrics: Metrics
    settings: Settings
    asking: Lane
    reading: Lane
    adding: Lane
    signing: Lane

    @classmethod
    def of(cls, assistant: Assistant, settings: Settings) -> Shared:
        """The parts of a server over an assistant. Raises ``StorageUnwritable`` if there can be no audit."""
        home, metrics = assistant.library.home, Metrics()
        audit = Audit(home / FILE) if settings.audit else None
        if audit is not None:
            audit.check()
        at_once, waiting, seconds = settings.at_once, settings.waiting, settings.request_seconds
        return cls(
            service=Service(assistant, metrics.asked, *([audit.asked] if audit else [])),
            accounts=Accounts(home),
            feedback=FeedbackStore(home),
            audit=audit,
            metrics=metrics,
            settings=settings,
            asking=Lane("asking", at_once, waiting, seconds),
            reading=Lane("reading", at_once, waiting, seconds),
            adding=Lane("adding", 1, waiting, settings.upload_seconds),
            signing=Lane("signing", SIGNING, waiting, seconds),
        )

    @property
    def assistant(self) -> Assistant:
        """The assistant itself."""
        return self.service.assistant

    def record(self, event: str, asker: Asker, **facts: object) -> None:
        """Put an event into the audit log, if there is one."""
        if self.audit is not None:
            self.audit.record(event, asker, **facts)

    def close(self) -> None:
        """End the lanes and close the files, but not the assistant."""
        for lane in (self.asking, self.reading, self.adding, self.signing):
            lane.close()
        self.accounts.close()
        self.feedback.close()


def shared(request: Request) -> Shared:
    """The parts of the server that the request came to."""
    found: Shared = request.app.state.shared
    return found


def needs(role: Role) -> Callable[[Request], User]:
    """A dependency that gives the user and refuses one whose role does not suffice with 403."""

    def check(request: Request) -> User:
        found: User = request.scope["user"]
        if not found.role.covers(role):
            raise HTTPException(403, f"此操作需要 {role} 或更高的角色，当前为 {found.role}")
        return found

    return check


Parts = Annotated[Shared, Depends(shared)]
Reader = Annotated[User, Depends(needs(Role.READER))]
Editor = Annotated[User, Depends(needs(Role.EDITOR))]

SIGNED_IN = [
    Depends(HTTPBearer(auto_error=False, description="令牌，由 policyqa tokens issue 签发", scheme_name="token")),
    Depends(APIKeyCookie(name=COOKIE, auto_error=False, description="网页登录后的会话", scheme_name="session")),
]
"""For the OpenAPI document alone: the gate has found out who it is before any route is reached."""
