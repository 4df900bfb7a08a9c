"""Who may send which form: every route of the application that takes one, tried by every role and by strangers."""

from __future__ import annotations

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from review_ui.access import CSRF_FIELD
from review_ui.app import PAGES
from store.database import Database
from tests.review_ui import reviewed, seed
from tests.review_ui.conftest import Site
from tests.review_ui.visitor import visitor

DECIDERS = {"ana", "boro", "ada"}
"""A monitor, a validator, an administrator; iva is an analyst."""
EVERYBODY = {*DECIDERS, "iva"}

MAY = {
    "/sign-out": EVERYBODY,
    "/queue/reject": DECIDERS,
    "/audit/{article_id}": DECIDERS,
    "/item/{candidate_id}/take-back": DECIDERS,
    "/item/{candidate_id}/draft": DECIDERS,
    "/item/{candidate_id}/discard": DECIDERS,
    "/item/{candidate_id}/lease": DECIDERS,
    "/item/{candidate_id}/release": DECIDERS,
    "/item/{candidate_id}/note": DECIDERS,
    "/item/{candidate_id}/ask": DECIDERS,
    "/item/{candidate_id}/undo": DECIDERS,
    "/item/{candidate_id}/merge": DECIDERS,
    "/item/{candidate_id}/not-same": DECIDERS,
    "/item/{candidate_id}/split": DECIDERS,
    "/item/{candidate_id}/regroup": DECIDERS,
    "/item/{candidate_id}/approve": DECIDERS,
    "/item/{candidate_id}/reject": DECIDERS,
    "/item/{candidate_id}/skip": DECIDERS,
    "/item/{candidate_id}/form": DECIDERS,
    "/adjudication/{candidate_id}": {"boro", "ada"},
    "/quality/rules": {"ada"},
    "/models/shipped": {"ada"},
    "/models/{offer_id}/{step}": {"ada"},
    "/item/{candidate_id}/noted": EVERYBODY,
    "/workplace": EVERYBODY,
    "/keys": EVERYBODY,
}
"""The routes that take a form of a person who is signed in, and whose they take."""

OF_VISITORS = {"/sign-in", "/enter/{token}"}

READ = "select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]') from {} t"
KEPT = ("candidates", "mentions", "incidents", "revisions", "grouping_decisions", "readings", "drafts", "notes",
        "audit_items", "audit_trail", "workplaces", "review_rules", "outbox")  # fmt: skip


def taking_forms() -> set[str]:
    routes = [route for page in PAGES for route in page.router.routes]
    return {route.path for route in routes if isinstance(route, APIRoute) and "POST" in (route.methods or ())}


def everything(database: Database) -> dict[str, object]:
    with database.session() as session:
        return {table: session.scalar(text(READ.format(table))) for table in KEPT}


@pytest.fixture
def filled(site: Site) -> Site:
    """An item that waits, and one that two people read differently."""
    with site.database.session() as session:
        seed.simple(session, "c1")
        reviewed.disputed(session, "c2")
    return site


def send(client: httpx.Client, path: str, item: str, form: dict[str, str]) -> httpx.Response:
    address = path.replace("{candidate_id}", item).replace("{article_id}", "none").replace("{token}", "none")
    address = address.replace("{offer_id}", "1").replace("{step}", "take")
    fields = {
        "version": "1",
        "other": "c2",
        "note": "seen",
        "question": "sure?",
        "reason": "duplicate",
        "theme": "dark",
    }
    return client.post(address, data=fields | form)


def test_every_route_that_takes_a_form_is_in_the_table() -> None:
    assert taking_forms() == MAY.keys() | OF_VISITORS


@pytest.mark.parametrize("name", [*sorted(EVERYBODY), None])
def test_who_may_not_is_refused_and_nothing_changes(filled: Site, name: str | None) -> None:
    before = everything(filled.database)
    with visitor(filled, name) as (client, form):
        for path, people in MAY.items():
            if name in people:
                continue
            for item in ("c1", "c2"):
                answer = send(client, path, item, form)
                assert answer.status_code == (401 if name is None else 403), path
    assert everything(filled.database) == before


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_a_form_with_anothers_token_or_none_is_refused_and_nothing_changes(filled: Site, name: str) -> None:
    before = everything(filled.database)
    with visitor(filled, name) as (client, form), visitor(filled, "boro") as (_, strange):
        assert strange[CSRF_FIELD] != form[CSRF_FIELD]
        for path in sorted(taking_forms()):
            for token in (strange, {}, {CSRF_FIELD: ""}, {CSRF_FIELD: "ж"}):
                assert send(client, path, "c1", token).status_code == 403, (path, token)
    assert everything(filled.database) == before


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_who_may_is_not_refused(filled: Site, name: str) -> None:
    with visitor(filled, name) as (client, form):
        for path, people in MAY.items():
            if name in people and path != "/sign-out":
                answer = send(client, path, "c1", form)
                assert answer.status_code in (200, 204, 303, 400, 404, 409, 422), (path, answer.text)
        assert send(client, "/sign-out", "c1", form).status_code == 303
        assert send(client, "/workplace", "c1", form).status_code == 401


def test_an_account_that_is_closed_or_has_another_role_is_so_at_once(filled: Site) -> None:
    with visitor(filled, "ana") as (client, form):
        with filled.database.session() as session:
            session.execute(text("update users set role = 'analyst' where name = 'ana'"))
        assert send(client, "/item/{candidate_id}/approve", "c1", form).status_code == 403
        with filled.database.session() as session:
            session.execute(text("update users set disabled_at = now() where name = 'ana'"))
        assert send(client, "/item/{candidate_id}/approve", "c1", form).status_code == 401
