"""Pages in other languages: no text of a page is left in English, and the choice of a person holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from babel.support import NullTranslations
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from review_ui import rendering
from review_ui.translation import catalogues, speaking
from review_ui.translation.locales import LANGUAGES
from store.schema import Candidate, Source, User
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_accessibility import addresses, shown_pages  # noqa: F401  a fixture and its pages
from tests.review_ui.test_sources import watched  # noqa: F401  a fixture

TEXTS = """() => {
  const skipped = "script, style, noscript, kbd, code, mark, [dir=auto], .latin, [lang=en]";
  const roots = [document, ...[...document.querySelectorAll("template")].map((each) => each.content)];
  const told = [];
  for (const root of roots) {
    let depth = 0;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const skip = walker.currentNode.parentElement?.closest(skipped);
      let outside = "";
      for (const letter of walker.currentNode.data) {
        if (letter === "⟦") depth += 1;
        if (depth === 0 && !skip) outside += letter;
        if (letter === "⟧") depth -= 1;
      }
      told.push(outside.trim());
    }
    for (const element of root.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (/^(aria-label$|title$|placeholder$|alt$|data-(?!field|defined|parent|key|opens|closes|kind|list|shows|part))/.test(name)
            && !element.closest(skipped)) told.push(value);
      }
    }
  }
  return [...new Set(told)];
}"""
"""What a page shows outside of every bracket, and what its attributes tell people or scripts; but for reports, titles
and comments (`dir=auto`), keys, commands, and what is kept in English alone."""

DATA = re.compile(
    r"\b(CES?T|EES?T|UTC|Cohen|Krippendorff)\b|(https?:/)?/\S+|\bif[0-9a-f]{14}\b|\b[0-9a-f]{16}\b|\b(yes|no|dark|light)\b"
)
"""Clocks, two scholars, addresses, ids, and values that scripts read."""

BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")


class Marked(NullTranslations):
    """Puts every text in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Macedonian is offered, and its texts are the English ones in brackets; its dates are its own."""
    for module in (speaking, rendering):
        monkeypatch.setattr(module, "translations", lambda name: NullTranslations() if name == "en" else Marked())
    monkeypatch.setattr(speaking, "offered", lambda: ("en", "mk"))


def left_in_english(page: Page, site: Site) -> list[str]:
    """What of the page's texts stands outside of every bracket and is not data."""
    found = []
    for text in page.evaluate(TEXTS):
        left = text
        while BRACKETED.search(left):
            left = BRACKETED.sub(" ", left)
        left = DATA.sub(" ", left)
        for name in names(site):
            left = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", left)
        if re.search(r"[A-Za-z]{2}", left):
            found.append(f"{page.url}: {text}")
    return found


def names(site: Site) -> set[str]:
    """The names and ids that stand in the database: people, sources, places, items; and those of the languages."""
    with site.database.session() as session:
        places = {name for name in session.scalars(select(Candidate.proposal["place"].astext)) if name}
        columns = (User.name, Source.name, Source.id, Candidate.id)
        spoken = {language.name for language in LANGUAGES.values()}
        return places | spoken.union(*(session.scalars(select(column)) for column in columns))


@pytest.fixture
def macedonian(site: Site, new_context: Callable[..., BrowserContext]) -> Callable[[str], Page]:
    """Signs a person in, in a browser that asks for Macedonian."""

    def opened(name: str) -> Page:
        page = new_context(locale="mk-MK").new_page()
        page.goto(site.link(name))
        expect(page.locator("button[autofocus]")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/queue")
        return page

    return opened


@pytest.mark.slow
@pytest.mark.usefixtures("marked")
def test_no_page_has_a_text_outside_of_the_translations(
    site: Site,
    macedonian: Callable[[str], Page],
    addresses: dict[str, list[str]],  # noqa: F811
) -> None:
    page = macedonian("ada")
    found = left_in_english(page, site)
    plain = {path: [path] for path in shown_pages() if "{" not in path}
    for address in (one for each in (plain | addresses).values() for one in each):
        page.goto(site.url + address)
        found += left_in_english(page, site)
    page.goto(
        f"{site.url}/item/cdispute?approved=i1&undone=1&grouped=1&regrouped=1&noted=1&again=1&rejected=c1&read=c2"
    )
    found += left_in_english(page, site)
    page.locator("#approve").evaluate("e => e.form.date.value = '2100-01-01'")
    page.locator("#approve").click()
    page.locator(".wrong").first.wait_for()
    found += left_in_english(page, site)
    page.goto(f"{site.url}/sign-in")
    found += left_in_english(page, site)
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("marked")
def test_no_page_of_a_source_has_a_text_outside_of_the_translations(
    watched: Site,  # noqa: F811
    macedonian: Callable[[str], Page],
) -> None:
    page = macedonian("ana")
    found = []
    for name in ("", "/dobre.example", "/tihe.example", "/pada.example", "/nova.example", "/lajme.example"):
        page.goto(f"{watched.url}/source{name}" if name else f"{watched.url}/sources")
        found += left_in_english(page, watched)
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("marked")
def test_the_language_of_a_browser_is_that_of_the_page(site: Site, macedonian: Callable[[str], Page]) -> None:
    page = macedonian("ana")
    expect(page.locator("html")).to_have_attribute("lang", "mk")
    expect(page.get_by_role("heading", level=1)).to_have_text("⟦Review queue⟧")
    page.goto(f"{site.url}/nowhere")
    expect(page.get_by_role("alert")).to_have_text("⟦There is no such page.⟧")


@pytest.mark.usefixtures("marked")
def test_what_a_person_chooses_is_over_what_the_browser_asks_for(site: Site, macedonian: Callable[[str], Page]) -> None:
    page = macedonian("ana")
    page.goto(f"{site.url}/workplace")
    page.get_by_label("⟦Language⟧").select_option("en")
    page.get_by_role("button", name="⟦Save⟧").click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_label("Language")).to_have_value("en")
    page.get_by_label("Language").select_option("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("lang", "mk")


@pytest.mark.usefixtures("marked")
def test_who_else_has_the_item_is_said_in_the_language_of_the_reader(
    site: Site, signed_in: Callable[..., Page], macedonian: Callable[[str], Page]
) -> None:
    """The line is made in the store, which knows no language: its sentence and its values come apart."""
    with site.database.session() as session:
        seed.simple(session, "cdispute")
    signed_in("boro").goto(f"{site.url}/item/cdispute")
    page = macedonian("ana")
    page.goto(f"{site.url}/item/cdispute")
    expect(page.get_by_role("alert").first).to_have_text(
        re.compile(r"⟦boro works on this item until \d\d:\d\d CES?T: take the next one⟧.")
    )


@pytest.mark.parametrize(("name", "browser_locale"), [("mk", "mk-MK"), ("sr_Cyrl", "sr-Cyrl-RS")])
def test_items_are_decided_by_keys_in_macedonian_and_in_serbian_cyrillic(
    site: Site,
    new_context: Callable[..., BrowserContext],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    browser_locale: str,
) -> None:
    monkeypatch.setattr(speaking, "offered", lambda: ("en", name))
    approve, nothing = (
        catalogues.translations(name).gettext(text)
        for text in ("Approve", "Nothing waits for you: every item has been decided.")
    )
    with site.database.session() as session:
        for number, candidate_id in enumerate(("cfirst", "csecond")):
            seed.simple(session, candidate_id, priority=2.0 - number)
    page = new_context(locale=browser_locale).new_page()
    page.goto(site.link("ana"))
    expect(page.locator("button[autofocus]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    for address, key in (("**/item/cfirst**", "j"), ("**/item/csecond**", "a")):
        page.keyboard.press(key)
        page.wait_for_url(address)
        expect(page.locator("html")).to_have_attribute("lang", LANGUAGES[name].tag)
        expect(page.locator("#approve")).to_have_text(f"{approve} a")
    for key in ("r", "3", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/queue/next**")
    expect(page.get_by_text(nothing)).to_be_visible()
    with site.database.session() as session:
        states = {one.id: one.state for one in session.scalars(select(Candidate))}
    assert states == {"cfirst": "approved", "csecond": "rejected"}
