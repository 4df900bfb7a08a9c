"""How well the reader does, by the audit of what it screened out; and the rules of audit and second reading."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from codebook.errors import BadInput
from review_ui.access import ConfirmedForm, SignedIn, Store, text_of
from review_ui.period import During
from review_ui.rendering import page, role_name
from review_ui.translation.lines import sentence
from review_ui.translation.speaking import gettext
from store import audit_sample
from store.database import Database
from store.recall import ENOUGH, Counted, figures
from store.review_rules import Rules, rules, set_rules

router = APIRouter()


USUAL = dt.timedelta(days=365)
"""Answers to an audit are few: a year of them is shown where no day is named."""


@router.get("/quality")
def reader(request: Request, account: SignedIn, store: Store, during: During) -> Response:  # noqa: ARG001
    if "since" not in during.given:
        during = replace(during, first=during.last - USUAL)
    with store.session() as session:
        found = figures(session, during.since)
        return page(
            request,
            "quality_reader.html",
            during=during,
            all=found.all,
            jurisdictions=_enough(found.by_jurisdiction),
            by_language=_enough(found.by_language),
            enough=ENOUGH,
            share=rules(session).audit_share,
            waiting=audit_sample.waiting(session),
        )


def _enough(found: Mapping[str, Counted]) -> dict[str, Counted]:
    return {name: each for name, each in sorted(found.items()) if each.answered >= ENOUGH}


@router.get("/quality/rules")
def show_rules(request: Request, account: SignedIn, store: Store) -> Response:  # noqa: ARG001
    return _rules(request, store)


@router.post("/quality/rules")
def change_rules(request: Request, account: SignedIn, form: ConfirmedForm, store: Store) -> Response:
    if account.role != "administrator":
        raise HTTPException(
            403,
            gettext("The role %(role)s does not change the rules: ask an administrator.", role=role_name(account.role)),
        )
    try:
        new = Rules(
            _share(form, "audit_share"),
            _share(form, "second_share"),
            tuple(str(code) for code in form.getlist("second_types")),
            second_fatal=text_of(form, "second_fatal") == "yes",
        )
    except BadInput as error:
        return _rules(request, store, sentence(error), form)
    with store.session() as session:
        set_rules(session, new, by=account.name)
    return RedirectResponse("/quality/rules?saved=1", 303)


def _rules(request: Request, store: Database, line: str | None = None, refused: FormData | None = None) -> Response:
    """The rules as they are, or as they were typed where they could not be kept."""
    with store.session() as session:
        kept = rules(session)
    shown = {
        "audit_share": f"{kept.audit_share * 100:g}",
        "second_share": f"{kept.second_share * 100:g}",
        "second_types": kept.second_types,
        "second_fatal": kept.second_fatal,
    }
    if refused is not None:
        shown |= {name: text_of(refused, name) for name in ("audit_share", "second_share")}
        shown |= {"second_types": refused.getlist("second_types"), "second_fatal": "second_fatal" in refused}
    saved = "saved" in request.query_params
    return page(request, "quality_rules.html", 422 if refused else 200, rules=shown, line=line, saved=saved)


def _share(form: FormData, name: str) -> float:
    """The share that a person wrote in percent."""
    text = text_of(form, name)
    try:
        share = float(text.removesuffix("%").replace(",", ".")) / 100
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise BadInput("rules of review", name, text, "give a percentage from 0 to 100")
    return share
