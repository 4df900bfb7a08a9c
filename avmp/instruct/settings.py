"""The settings of the instruct stage."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr


def _address(text: str) -> str:
    remedy = "write http://host:port/v1 or https://host/v1, the key in a setting of its own"
    try:
        parts = urlsplit(text)
        plain = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        plain = False
    if not plain or parts.username is not None or parts.query or parts.fragment or not text.isprintable():
        raise ValueError(remedy)
    return text


class InstructSettings(BaseModel):
    """The stage is off without an `address`.

    `address` is that of a server that speaks the protocol of OpenAI's chat completions. `timeout_seconds` bounds an
    article, all `retries` together. `tokens_per_day` counts what is sent and what is answered, by the day in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Annotated[str, AfterValidator(_address)] | None = None
    model: Annotated[str, Field(min_length=1, max_length=200)] = "default"
    key: SecretStr | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 60.0
    retries: Annotated[int, Field(ge=0, le=5)] = 2
    max_answer_tokens: Annotated[int, Field(ge=100, le=100_000)] = 4000
    tokens_per_day: Annotated[int, Field(ge=0)] = 2_000_000
