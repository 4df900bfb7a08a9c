"""Reports as a person sees them: plain text, evidence on the exact characters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from store.schema import ArticleMark
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start

SignIn = Callable[..., Page]

HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'"> & </div>'

CYRILLIC_TITLE = "Рањен мушкарац у Новом Пазару"
CYRILLIC_TEXT = "Новица Љ. (34) рањен је из пиштоља.\n\nПолиција трага за нападачем."
COMPOSED = "Rane\u0301n je Z\u030celjko 👩‍👩‍👧 u Čačku, pis\u030ctolj nađen."


def test_markup_in_an_article_is_shown_as_text(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        made = seed.candidate(session, "c1")
        seed.report(session, made, f"Naslov {HOSTILE}", f"Tekst {HOSTILE}", url="javascript:alert(1)")
    page = signed_in()
    expect(page.locator(".list tbody")).to_contain_text(f"Naslov {HOSTILE}")
    start(page)
    expect(page.locator("article h2")).to_have_text(f"Naslov {HOSTILE}")
    expect(page.locator("article .text")).to_have_text(f"Tekst {HOSTILE}")
    assert page.locator("article script, article img, article a").count() == 0
    assert "owned" not in page.title()
    page.keyboard.press("a")
    page.get_by_role("status").first.get_by_role("link").click()
    expect(page.locator("#who-tells + ul")).to_contain_text(f"Naslov {HOSTILE}")
    assert page.locator("main img, main script, [href^=javascript]").count() == 0


@pytest.mark.parametrize(
    ("title", "text", "script", "weapon", "place"),
    [
        (CYRILLIC_TITLE, CYRILLIC_TEXT, "Cyrl", "пиштоља", "Новом Пазару"),
        ("Vest", COMPOSED, "Latn", "pis\u030ctolj", "Čačku"),
    ],
)
def test_the_evidence_of_the_field_in_focus_is_lit_exactly(
    site: Site, signed_in: SignIn, title: str, text: str, script: str, weapon: str, place: str
) -> None:
    evidence = seed.spans(title, text, weapons=weapon, place=place)
    with site.database.session() as session:
        seed.report(session, seed.candidate(session, "c1"), title, text, script=script, evidence=evidence)
    page = signed_in()
    start(page)
    lit = page.locator(".original mark.lit")
    expect(page.locator(".original mark")).to_have_count(2)
    expect(lit).to_have_count(0)
    page.get_by_label("Municipality").focus()
    assert lit.all_text_contents() == [place]
    page.get_by_label("Handgun").focus()
    assert lit.all_text_contents() == [weapon]
    assert page.locator(".original .text").text_content() == text
    assert page.locator(".original h2").text_content() == title


def test_a_key_shows_the_latin_reading_with_its_evidence(site: Site, signed_in: SignIn) -> None:
    evidence = seed.spans(CYRILLIC_TITLE, CYRILLIC_TEXT, weapons="пиштоља", victims_0__sex="Новица Љ.")
    with site.database.session() as session:
        made = seed.candidate(session, "c1")
        seed.report(session, made, CYRILLIC_TITLE, CYRILLIC_TEXT, script="Cyrl", evidence=evidence)
    page = signed_in()
    start(page)
    latin = page.locator(".latin")
    expect(latin).to_be_hidden()
    page.keyboard.press("l")
    expect(latin.locator("h2")).to_have_text("Ranjen muškarac u Novom Pazaru")
    expect(latin.locator("mark")).to_have_text(["Novica Lj.", "pištolja"])
    expect(page.locator(".original")).to_be_hidden()
    page.keyboard.press("l")
    expect(page.locator(".original")).to_be_visible()


def test_the_newest_report_stands_first_with_outlet_mark_and_time(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        made = seed.candidate(session, "c1")
        seed.report(session, made, "Prvi izveštaj", "Tekst.")
        later = seed.PUBLISHED.replace(day=5)
        seed.report(
            session, made, "Saopštenje", "Tekst.", source_id="policija.example", kind="official", published=later
        )
    page = signed_in()
    start(page)
    headers = page.locator("article header")
    expect(headers.first).to_contain_text("Policija official")
    expect(headers.first).to_contain_text("5 March 2025, 19:05 CET")
    expect(headers.last).to_contain_text("Hronika")


def test_who_read_a_report_is_told_where_a_later_stage_did_not(site: Site, signed_in: SignIn) -> None:
    why = "the instruction model did not answer: timed out"
    with site.database.session() as session:
        made = seed.candidate(session, "c1")
        for title, read_by, fallback, version in (
            ("Prvi", "linear", why, "test"),
            ("Drugi", "instruct", None, "test"),
            ("Treći", "linear", None, "test"),
            ("Četvrti", "linear", why, "newer"),
        ):
            row = seed.report(session, made, title, "Tekst.")
            row.read_by, row.read_fallback, row.read_hash, row.reader_version = read_by, fallback, "v1", version
    page = signed_in()
    start(page)
    told = {
        article.locator("h2").inner_text(): article.locator(".hint").all_inner_texts()
        for article in page.locator(".reports article").all()
    }
    assert told == {
        "Prvi": [f"Read by the linear models; {why}."],
        "Drugi": ["Read by the instruction model."],
        "Treći": [],
        "Četvrti": [],
    }


def test_kosovo_is_printed_with_its_footnote(site: Site, signed_in: SignIn) -> None:
    page = signed_in()
    expect(page.locator("option[value=XK]")).to_contain_text("Kosovo*")
    expect(page.locator(".footnote")).to_contain_text("United Nations Security Council resolution 1244 (1999)")


def test_places_are_suggested_in_any_script(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    start(page)
    place = page.get_by_label("Municipality")
    place.fill("")
    place.press_sequentially("Нови П")
    options = page.locator("#f-place-list [role=option]")
    expect(options.first).to_have_text("Novi Pazar (Raški okrug)")
    page.keyboard.press("ArrowDown")
    expect(place).to_have_attribute("aria-activedescendant", "f-place-list-0")
    page.keyboard.press("Enter")
    expect(place).to_have_value("Novi Pazar (Raški okrug)")
    expect(options.first).to_be_hidden()
    expect(page.locator(".map figcaption")).to_have_text("Novi Pazar (Raški okrug): the municipality")
    place.fill("")
    place.press_sequentially("Чач")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(place).to_be_focused()
    assert place.input_value() == "Чач"


@pytest.mark.parametrize("path", ["/queue", "/item/c1", "/incidents", "/incident/{}", "/system"])
def test_nothing_is_wider_than_a_phone(site: Site, signed_in: SignIn, path: str) -> None:
    with site.database.session() as session:
        for candidate_id in ("c1", "c2"):
            seed.simple(session, candidate_id)
        made = seed.candidate(session, "c3")
        seed.report(session, made, "W" * 200, "https://example.org/" + "a" * 300, source_id="x" * 60 + ".example")
    page = signed_in(viewport={"width": 390, "height": 800})
    page.goto(f"{site.url}/item/c2")
    page.locator("#approve").click()
    link = page.get_by_role("status").first.get_by_role("link").get_attribute("href")
    assert link is not None
    page.goto(site.url + path.format(link.rpartition("/")[2]))
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_key_on_a_button_is_in_the_help_sheet(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    start(page)
    expect(page.locator("#approve")).to_be_visible()
    keys = page.locator("[data-key]:visible").evaluate_all("es => es.map(e => e.dataset.key)")
    page.keyboard.press("?")
    listed = page.locator("#help tbody kbd").all_text_contents()
    assert sorted(listed) == sorted(keys)
    assert {"a", "r", "j", "q", "v", "o", "c", "e", "?"} <= set(listed)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_a_near_copy_says_whose(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        made = seed.candidate(session, "c1")
        first = seed.report(session, made, "Ranjen muškarac", "Policija traga za napadačem.")
        wire = seed.report(
            session, made, "Ranjen u Novom Pazaru", "Policija traga za napadačem.", source_id="novine.rs"
        )
        session.flush()
        session.add(ArticleMark(article_id=wire.id, title_key="k", bands=[1], resembles=first.id, likeness=0.87))
    page = signed_in()
    start(page)
    expect(page.locator("article .copied")).to_have_text(
        ["87 % of its wording stands in an earlier report of Hronika."]
    )
