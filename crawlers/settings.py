"""The settings of collecting."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[float, Field(ge=0)]
Bytes = Annotated[int, Field(gt=0)]


def _contact(value: str) -> str:
    if not re.fullmatch(r"https?://\S+|\S+@\S+", value):
        raise ValueError("write a web or e-mail address, such as https://example.org/contact or desk@example.org")
    return value


def _product(value: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise ValueError("write one word in plain Latin letters, such as avmp-crawler/0.1")
    return value


class CrawlSettings(BaseModel):
    """How to collect. All times in seconds, all sizes in bytes.

    `contact` is a web or e-mail address that a site's administrator can complain to; it is part of the user agent.
    `min_gap_seconds` lies between two requests to one site; `timeout_seconds` bounds a page with all its redirects.
    `max_requests_to_strangers` is how many requests a day a site gets that is no source's (robots.txt included).
    `render` lets sources that say so be shown in a browser: in `browser`, or the system's Chromium, or playwright's.
    `max_item_age_days` leaves out feed entries that are dated earlier (null takes all). `retry_delays_seconds` are
    the waits before the second, third, … attempt at an article; when they are used up, the article's outcome is
    final. `allow_loopback` is for the demonstration and for tests: outlets on this machine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    archive_dir: Path
    contact: Annotated[str, AfterValidator(_contact)]
    user_agent: Annotated[str, AfterValidator(_product)] = "avmp-crawler/0.1"
    allow_loopback: bool = False
    verify_certificates: bool = True

    min_gap_seconds: Seconds = 5.0
    timeout_seconds: Annotated[float, Field(gt=0)] = 60.0
    max_concurrent: Annotated[int, Field(gt=0)] = 32
    max_body_bytes: Bytes = 10_000_000
    max_redirects: Annotated[int, Field(ge=0)] = 5
    max_requests_to_strangers: Annotated[int, Field(ge=0)] = 200
    robots_ttl_seconds: Seconds = 86_400.0
    render: bool = False
    browser: Path | None = None
    render_seconds: Annotated[float, Field(gt=0)] = 120.0

    interval_seconds: Seconds = 900.0
    min_interval_seconds: Seconds = 300.0
    max_interval_seconds: Seconds = 21_600.0
    max_backoff_seconds: Seconds = 86_400.0
    max_items_per_feed: Annotated[int, Field(gt=0)] = 1000
    max_item_age_days: Annotated[int, Field(gt=0)] | None = 30
    retry_delays_seconds: tuple[Seconds, ...] = (300.0, 3_600.0, 21_600.0)

    min_text_characters: Annotated[int, Field(gt=0)] = 80
    warc_rotate_bytes: Bytes = 500_000_000

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min_interval_seconds <= self.interval_seconds <= self.max_interval_seconds:
            raise ValueError("min_interval_seconds <= interval_seconds <= max_interval_seconds must hold")
        return self

    @property
    def agent(self) -> str:
        """The User-Agent header: product and contact."""
        return f"{self.user_agent} (+{self.contact})"
