from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from pipeline.stages.requeue import relink
from review_ui.serve import in_background
from review_ui.settings import WebSettings
from store.database import Database
from store.users import add_user, create_sign_in_link

CHROMIUM_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

PATIENCE = 60_000
"""Milliseconds a page may take on a machine with much else to do; what a test waits for usually comes at once."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@dataclass(frozen=True)
class Site:
    """A running application with its database."""

    url: str
    database: Database

    def link(self, name: str) -> str:
        """A fresh sign-in link of an account."""
        with self.database.session() as session:
            return f"{self.url}/enter/{create_sign_in_link(session, name, by='test')}"


@pytest.fixture
def site(database: Database) -> Iterator[Site]:
    """The application on loopback, with an account of every role: ana and boro review, iva reads, ada administers."""
    with database.session() as session:
        for name, role in {"ana": "monitor", "boro": "validator", "iva": "analyst", "ada": "administrator"}.items():
            add_user(session, name, role, by="test")
    with in_background(database, WebSettings(port=0), relink) as port:
        yield Site(f"http://127.0.0.1:{port}", database)


def launch(playwright: Playwright) -> Browser:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.fail("Chromium is needed to test the pages: apt-get install chromium", pytrace=False)
    return playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGUMENTS])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as launched:
        yield launched


def opened_context(browser: Browser, complaints: list[str], **options: object) -> BrowserContext:
    """A person's own browser, which adds script errors and refusals by the CSP to the complaints."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
    context.on("page", _press_once_it_is_there)
    return context


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts: each a person's own browser. A script error or a refusal by the CSP fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def made(**options: object) -> BrowserContext:
        contexts.append(opened_context(browser, complaints, **options))
        return contexts[-1]

    yield made
    for context in contexts:
        context.close()
    assert complaints == []


def _press_once_it_is_there(page: Page) -> None:
    """As people do: before its scripts have run, a page that shows already takes no key."""
    press = page.keyboard.press

    def pressed(key: str, *, delay: float | None = None) -> None:
        page.wait_for_load_state()
        press(key, delay=delay)

    page.keyboard.press = pressed  # type: ignore[method-assign]


def sign_in(site: Site, context: BrowserContext, name: str) -> Page:
    """A page of a person who has signed in by link; it stands on the queue."""
    page = context.new_page()
    page.goto(site.link(name))
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    return page


@pytest.fixture
def signed_in(site: Site, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Signs a person in by link in a browser of their own; the page stands on the queue."""
    return lambda name="ana", **options: sign_in(site, new_context(**options), name)
