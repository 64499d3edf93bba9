"""Whatever is sent, the API does what its OpenAPI document says: requests made up by schemathesis, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import schemathesis
from conftest import HashedEncoder
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from serving import serving

from assistant.assistant import Assistant
from assistant.settings import Settings
from index.library import Library

DOCUMENTS = Path(__file__).parent.parent / "documents"
EXAMPLES = 8
"""Requests to each route, besides those that schemathesis takes from the document's bounds."""

load_all_checks()
CHOSEN = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
    )
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server over the documents that ship with us."""
    with Library(tmp_path_factory.mktemp("schema") / "home", HashedEncoder()) as library:
        library.add(DOCUMENTS)
        with serving(Assistant(library, Settings(reader="none")), rate=1_000_000) as (opened, _):
            yield opened


def test_every_request_is_answered_as_described(client: httpx.Client) -> None:
    schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 15
    for operation in operations[::-1]:
        for mode in GenerationMode:

            @settings(
                max_examples=EXAMPLES,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(operation.as_strategy(generation_mode=mode))
            def answered(case: schemathesis.Case) -> None:
                response = case.call(base_url=str(client.base_url), timeout=120)
                case.validate_response(response, checks=CHOSEN)

            with suppress(Unsatisfiable):  # a route that takes nothing cannot be given what is wrong
                answered()
