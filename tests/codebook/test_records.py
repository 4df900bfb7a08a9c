"""Rules that a record holds to, and events on the wire."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from codebook.errors import BadInput, FutureSchema
from codebook.events import ArticleFetched
from codebook.records import TEXT_LIMIT_BYTES, Article, Facts, capped_text

ARTICLE = Article(
    id="a1",
    source_id="example.org",
    url="https://example.org/1",
    title="Naslov",
    text="Текст",
    fetched=dt.datetime(2026, 9, 3, tzinfo=dt.UTC),
)


@pytest.mark.parametrize(
    "facts",
    [
        {"incident_type": "suicide", "subtype": "armed_robbery"},
        {"incident_type": "shooting"},
        {"incident_type": "suicide", "date": "2026-09-03"},
        {"incident_type": "suicide", "weapons": ["handgun", "handgun"]},
        {"incident_type": "suicide", "perpetrators": [{"role": "victim"}]},
        {"incident_type": "suicide", "victims": [{"age": 121}]},
    ],
)
def test_facts_that_break_a_rule_are_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Facts.model_validate(facts)


def test_an_event_survives_the_wire() -> None:
    event = ArticleFetched.of(ARTICLE)
    assert ArticleFetched.decode(event.encode(), "topic[0]@1") == event


def test_a_new_wording_is_a_new_event() -> None:
    changed = ARTICLE.model_copy(update={"text": "Други текст"})
    assert ArticleFetched.of(changed).event_id != ArticleFetched.of(ARTICLE).event_id


def test_a_future_version_says_what_to_do() -> None:
    wire = json.loads(ArticleFetched.of(ARTICLE).encode()) | {"schema_version": 2}
    with pytest.raises(FutureSchema, match=r"topic\[0\]@1: schema_version: 2: this program knows .* up to version 1"):
        ArticleFetched.decode(json.dumps(wire).encode(), "topic[0]@1")


@pytest.mark.parametrize("wire", [b"", b"\xff", b"[]", b"{}", b'{"schema_name": "mentions_read"}', b"null"])
def test_a_message_that_is_no_event_is_bad_input(wire: bytes) -> None:
    with pytest.raises(BadInput):
        ArticleFetched.decode(wire, "topic[0]@1")


@given(st.text(max_size=50), st.integers(1, 400))
def test_capped_text_fits_and_is_a_prefix(piece: str, times: int) -> None:
    text = piece * times * 40
    capped, cut = capped_text(text)
    assert len(capped.encode(errors="surrogatepass")) <= TEXT_LIMIT_BYTES
    assert text.startswith(capped)
    assert cut == (capped != text)
