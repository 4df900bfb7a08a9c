"""The sources: which of them need somebody, and what is wrong with one and how to mend it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import groupby
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from codebook.codes import code_list
from codebook.errors import UnknownCode
from review_ui.access import SignedIn, Store
from review_ui.picture import picture
from review_ui.rendering import page
from review_ui.translation.speaking import N_, gettext
from store.source_health import PICTURE_DAYS, SourceLine, last_poll, source_health, source_lines
from store.standing import standing

router = APIRouter()

SHOWN: Mapping[str, tuple[str, Callable[[SourceLine], bool]]] = {
    "": (N_("All"), lambda _: True),
    "alarms": (N_("With an alarm"), lambda line: bool(line.alarms)),
    "failing": (N_("Failing now"), lambda line: line.error is not None),
    "unlooked": (N_("Not looked at yet"), lambda line: line.looked_at is None),
    "never": (N_("Never answered"), lambda line: line.last_success is None),
    "unverified": (N_("Not verified"), lambda line: not line.verified),
}
"""What the list can be narrowed to: its name, and which sources those are."""

STANDSTILL = dt.timedelta(hours=6)
"""The longest interval of a feed by default: without any poll for so long, the crawler does not run."""


@router.get("/sources")
def sources(
    request: Request,
    account: SignedIn,  # noqa: ARG001  for people signed in
    store: Store,
    jurisdiction: str = "",
    show: str = "",
) -> Response:
    if jurisdiction:
        code_list("jurisdiction").require(jurisdiction, "address of the page", "jurisdiction")
    if show not in SHOWN:
        raise UnknownCode(
            "address of the page", "show", show, "use one of %(codes)s", codes=", ".join(filter(None, SHOWN))
        )
    with store.session() as session:
        everything = source_lines(session, jurisdiction or None)
        polled, stand = last_poll(session), standing(session, jurisdiction or None)
    lines = [line for line in everything if SHOWN[show][1](line)]
    return page(
        request,
        "sources.html",
        groups=[(code, list(of_code)) for code, of_code in groupby(lines, key=lambda line: line.jurisdiction)],
        shown=len(lines),
        standing=stand,
        total=len(everything),
        jurisdiction_chosen=jurisdiction,
        show=show,
        shows={name: gettext(words) for name, (words, _) in SHOWN.items()},
        polled=polled,
        standstill=polled is not None and dt.datetime.now(dt.UTC) - polled > STANDSTILL,
        address=urlencode({k: v for k, v in (("jurisdiction", jurisdiction), ("show", show)) if v}),
        days=PICTURE_DAYS,
    )


@router.get("/source/{source_id}")
def source(request: Request, account: SignedIn, store: Store, source_id: str) -> Response:  # noqa: ARG001
    with store.session() as session:
        health, now = source_health(session, source_id), dt.datetime.now(dt.UTC)
        return page(
            request,
            "source.html",
            health=health,
            line=health.line,
            picture=picture(health.days, now.date(), PICTURE_DAYS),
            now=now,
            days=PICTURE_DAYS,
        )
