"""Signing in, over HTTP and in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from store.users import NAME_FAILURES, set_password
from tests.review_ui.conftest import Site

PASSWORD = "correct horse battery"


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with site.database.session() as session:
        set_password(session, "ana", PASSWORD, by="test")
    with httpx.Client(base_url=site.url) as made:
        yield made


def post(client: httpx.Client, path: str, page: str, **fields: str) -> httpx.Response:
    """Send the form of a page, with its token."""
    client.get(page)
    return client.post(path, data={"csrf": client.cookies["avmp_visit"], **fields})


def sign_in(client: httpx.Client, name: str, password: str, then: str = "/queue") -> httpx.Response:
    return post(client, "/sign-in", "/sign-in", name=name, password=password, then=then)


def test_a_link_signs_in_once(site: Site, new_context: Callable[..., BrowserContext]) -> None:
    link = site.link("ana")
    page = new_context().new_page()
    page.goto(link)
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    expect(page.locator(".who")).to_contain_text("ana · monitor")
    other = new_context().new_page()
    other.goto(link)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("alert")).to_contain_text("was used or has expired")


def test_fetching_a_link_does_not_use_it_up(site: Site) -> None:
    path = site.link("ana").removeprefix(site.url)
    with httpx.Client(base_url=site.url) as scanner:
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code in (200, 405)
        assert "avmp_session" not in scanner.cookies
    with httpx.Client(base_url=site.url) as client:
        assert post(client, path, path).headers["location"] == "/queue"
        assert client.get("/queue").status_code == 200


def test_a_password_signs_in_and_signing_out_ends_the_session(client: httpx.Client) -> None:
    answer = sign_in(client, "ana", PASSWORD, then="/incidents?jurisdiction=RS")
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?jurisdiction=RS")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    token = client.cookies["avmp_session"]
    csrf = client.get("/session").json()["csrf"]
    assert client.post("/sign-out", data={"csrf": csrf}).status_code == 303
    client.cookies.set("avmp_session", token)
    assert client.get("/queue").status_code == 303


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""])
def test_signing_in_leads_to_no_other_site(client: httpx.Client, then: str) -> None:
    assert sign_in(client, "ana", PASSWORD, then=then).headers["location"] == "/queue"


def test_wrong_passwords_are_limited_even_before_the_right_one(client: httpx.Client) -> None:
    for _ in range(NAME_FAILURES):
        answer = sign_in(client, "ana", "wrong password")
        assert answer.status_code == 401
        assert "name or password is wrong" in answer.text
    answer = sign_in(client, "ana", PASSWORD)
    assert answer.status_code == 429
    assert "too many failed attempts: wait" in answer.text
    assert "avmp_session" not in client.cookies


def test_the_sign_in_form_needs_its_token(client: httpx.Client) -> None:
    client.get("/sign-in")
    for csrf in ({}, {"csrf": "guessed"}):
        answer = client.post("/sign-in", data={"name": "ana", "password": PASSWORD, **csrf})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/queue",
        "/item/c1",
        "/incidents",
        "/incidents.csv",
        "/incidents.xlsx",
        "/incident/i1",
        "/system",
        "/places?q=Novi",
    ],
)
def test_a_stranger_is_led_to_the_sign_in_page(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?then=")


def test_every_answer_carries_the_protection(client: httpx.Client) -> None:
    for path in ("/sign-in", "/static/keys.js", "/nowhere", "/queue"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_body_without_bound_is_refused(client: httpx.Client) -> None:
    assert client.post("/sign-in", content=b"a" * 1_000_001).status_code == 413
    assert client.post("/sign-in", content=iter([b"a", b"b"])).status_code == 413
