"""How long an answer says it stays fresh: Cache-Control, Age and Expires of RFC 9111. Pure."""

from __future__ import annotations

import datetime as dt
import email.utils
import re

from crawlers.fetching.fetcher import Fetched

MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})"?(?=$|[\s,;])', re.IGNORECASE)
UNCACHED = re.compile(r"(?:^|[\s,])no-(?:cache|store)(?=$|[\s,=])", re.IGNORECASE)


def fresh_for(page: Fetched) -> dt.timedelta | None:
    """How much longer the site holds its answer for the newest; None where it does not say or wants to be asked each
    time. `max-age` goes before `Expires` (section 5.3)."""
    control = ", ".join(value for name, value in page.headers if name.lower() == "cache-control")
    if UNCACHED.search(control):
        return None
    if match := MAX_AGE.search(control):
        age = page.header("age") or ""
        left = dt.timedelta(seconds=int(match[1]) - (int(age) if re.fullmatch(r"\d{1,9}", age.strip()) else 0))
    else:
        expires = _moment(page.header("expires"))
        if expires is None:
            return None
        left = expires - (_moment(page.header("date")) or page.at)
    return left if left > dt.timedelta() else None


def _moment(value: str | None) -> dt.datetime | None:
    """An HTTP date; None for what is none, such as the "0" and "-1" that mean expired."""
    if value is None:
        return None
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
