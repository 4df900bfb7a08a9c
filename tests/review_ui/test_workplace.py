"""What a person arranges for their own well-being: colours, covered reports, a reminder to pause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from codebook.records import Facts, Perpetrator, Victim
from review_ui.reports import is_hard_to_read
from store.schema import Workplace
from store.workplace import arrange, arrangement
from tests.review_ui import samples, seed
from tests.review_ui.conftest import Site

SignIn = Callable[..., Page]

BLUR = "e => getComputedStyle(e).filter"


@pytest.mark.parametrize(
    ("facts", "hard"),
    [
        (seed.DISPUTE.model_copy(update={"perpetrators": (Perpetrator(status="suicide"),)}), True),
        (seed.DISPUTE.model_copy(update={"perpetrators": (Perpetrator(status="suicide_attempt"),)}), True),
        (samples.SUICIDE, True),
        (seed.DISPUTE, False),
        (samples.PARTNER_KILLED, False),
        (seed.DISPUTE.model_copy(update={"victims": (Victim(age=17, outcome="injured"),)}), True),
        (seed.DISPUTE.model_copy(update={"victims": (Victim(age=18, outcome="injured"),)}), False),
        (seed.DISPUTE.model_copy(update={"victims": (Victim(outcome="suicide_attempt"),)}), True),
    ],
)
def test_what_is_hard_to_read(facts: Facts, hard: bool) -> None:
    assert is_hard_to_read([facts]) is hard


def test_reports_are_covered_where_one_of_them_tells_of_a_child(site: Site, signed_in: SignIn) -> None:
    child = seed.DISPUTE.model_copy(update={"victims": (Victim(age=9, outcome="injured"),)})
    with site.database.session() as session:
        made = seed.simple(session, "c1")
        seed.report(session, made, "Povređeno dete", "U Novom Pazaru ranjeno je dete.", facts=child)
        arrange(session, "ana", theme="system", cover=True, remind_after=None, language=None)
    page = signed_in()
    page.goto(f"{site.url}/item/c1")
    assert page.locator(".text").first.evaluate(BLUR).startswith("blur")


def test_a_refused_arrangement_keeps_what_was_chosen(site: Site, signed_in: SignIn) -> None:
    page = signed_in()
    arranged(page, site, theme="dark", cover="yes", minutes="2")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
    expect(page.get_by_label("Colours")).to_have_value("dark")
    expect(page.get_by_label("Cover the reports")).to_be_checked()
    expect(page.get_by_label("Propose a pause")).to_have_value("2")
    page.get_by_label("Propose a pause").fill("20")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    with site.database.session() as session:
        kept = arrangement(session, "ana")
    assert (kept.theme, kept.cover, kept.remind_after) == ("dark", True, 20)


def arranged(page: Page, site: Site, **chosen: str) -> None:
    page.goto(f"{site.url}/workplace")
    if "theme" in chosen:
        page.get_by_label("Colours").select_option(chosen["theme"])
    if "cover" in chosen:
        page.get_by_label("Cover the reports").check()
    if "minutes" in chosen:
        page.get_by_label("Propose a pause").fill(chosen["minutes"])
    page.get_by_role("button", name="Save").click()


def test_reports_of_a_suicide_are_covered_until_a_key_is_pressed(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "cplain")
        seed.simple(session, "csuicide", facts=samples.SUICIDE)
    page = signed_in()
    page.goto(f"{site.url}/item/csuicide")
    assert page.locator(".text").first.evaluate(BLUR) == "none"
    arranged(page, site, cover="yes")
    expect(page.get_by_text("Kept.")).to_be_visible()
    page.goto(f"{site.url}/item/csuicide")
    assert page.locator(".text").first.evaluate(BLUR).startswith("blur")
    page.keyboard.press("b")
    assert page.locator(".text").first.evaluate(BLUR) == "none"
    page.goto(f"{site.url}/item/cplain")
    assert page.locator(".text").first.evaluate(BLUR) == "none"
    expect(page.locator("#uncover")).to_have_count(0)


def test_a_pause_is_proposed_after_the_minutes_that_were_chosen(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    arranged(page, site, minutes="soon")
    expect(page.get_by_text("minutes of reading (5 to 600; none if empty)")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_text(
        "Nothing was changed. Write 5 to 600 minutes, or nothing for no reminder."
    )
    arranged(page, site, minutes="45")
    page.goto(f"{site.url}/item/c1")
    expect(page.get_by_text("A pause is part of the work")).to_have_count(0)
    with site.database.session() as session:
        workplace = session.get_one(Workplace, "ana")
        assert workplace.working_since is not None
        workplace.working_since -= dt.timedelta(minutes=46)
    page.reload()
    expect(page.get_by_text("You have read for 46 minutes.")).to_be_visible()
    page.get_by_role("button", name="Count anew").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("A pause is part of the work")).to_have_count(0)
    with site.database.session() as session:  # long ago, and a pause since
        workplace = session.get_one(Workplace, "ana")
        assert workplace.working_since is not None
        assert workplace.last_item_at is not None
        workplace.working_since -= dt.timedelta(hours=9)
        workplace.last_item_at -= dt.timedelta(hours=8)
    page.reload()
    expect(page.get_by_text("A pause is part of the work")).to_have_count(0)


def test_colours_are_those_of_the_device_unless_a_person_chose(site: Site, signed_in: SignIn) -> None:
    page = signed_in()
    body = page.locator("body")

    def background() -> str:
        return str(body.evaluate("e => getComputedStyle(e).backgroundColor"))

    light = background()
    page.emulate_media(color_scheme="dark")
    dark = background()
    assert light != dark
    arranged(page, site, theme="light")
    expect(page.locator("html[data-theme=light]")).to_be_attached()
    expect(body).to_have_css("background-color", light)  # waits: the page may stand before its stylesheet
    arranged(page, site, theme="dark")
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    page.emulate_media(color_scheme="light")
    expect(body).to_have_css("background-color", dark)
