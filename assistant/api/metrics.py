"""What is counted while the server runs, in the text format that Prometheus reads."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from assistant.service import Inquiry

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
"""Bounds of the histograms' buckets."""


class Metrics:
    """The counts of one server; each has its own, so that several can live in one process."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._requests = Counter(
            *("policyqa_requests", "Requests, by route, method and status."),
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            *("policyqa_request_seconds", "Time until a response was complete."),
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._questions = Counter(
            *("policyqa_questions", "Questions, by the way they came and what became of them."),
            ("via", "outcome"),
            registry=self.registry,
        )
        self._question_seconds = Histogram(
            *("policyqa_question_seconds", "Time that a question took to be answered."),
            ("via",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._running = Gauge("policyqa_requests_running", "Requests in progress.", registry=self.registry)
        self._documents = Gauge("policyqa_documents", "Documents in the library.", registry=self.registry)
        self._version = Gauge("policyqa_library_version", "The library's version.", registry=self.registry)
        ProcessCollector(registry=self.registry)

    def begun(self) -> None:
        """A request has come in."""
        self._running.inc()

    def ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request has been responded to; ``route`` is a route's path, not the request's, lest there be too many."""
        self._running.dec()
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def asked(self, inquiry: Inquiry) -> None:
        """A question has been answered."""
        self._questions.labels(inquiry.asker.via, inquiry.outcome.replace(": ", "_")).inc()
        self._question_seconds.labels(inquiry.asker.via).observe(inquiry.seconds)

    def text(self, documents: int, version: int) -> bytes:
        """All of it, with the library's present size and version."""
        self._documents.set(documents)
        self._version.set(version)
        return generate_latest(self.registry)
