"""Merge, not the same, split, move and their undoing, by keys, on reports that the linker keeps apart by itself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from codebook.records import Victim
from store.decisions import approve
from store.schema import Candidate, CandidateLink, GroupingDecision, StoredArticle, StoredMention
from tests.review_ui import seed
from tests.review_ui.conftest import Site

SignIn = Callable[..., Page]

FIRST = seed.DISPUTE
SECOND = seed.DISPUTE.model_copy(
    update={
        "date": dt.date(2025, 1, 20), "incident_type": "domestic_violence", "weapons": ("rifle_shotgun",),
        "victims": (Victim(sex="female", age=61, outcome="killed", relation="family"),),
    }
)  # fmt: skip


@pytest.fixture
def page(site: Site, signed_in: SignIn) -> Page:
    """Two items, each with two reports, that the linker calls perhaps the same."""
    with site.database.session() as session:
        for candidate_id, facts, when in (
            ("c1", FIRST, seed.PUBLISHED),
            ("c2", SECOND, seed.PUBLISHED.replace(month=1)),
        ):
            made = seed.candidate(session, candidate_id, facts=facts, priority=5.0)
            for outlet in ("hronika.example", "vesti.example"):
                title = f"{outlet} o događaju {candidate_id}"
                seed.report(session, made, title, "Kratka vest.", facts=facts, source_id=outlet, published=when)
        session.add(CandidateLink(a="c1", b="c2", score=1.0, reasons=["same town", "one report says injured"]))
    opened = signed_in()
    opened.goto(f"{site.url}/item/c1")
    expect(opened.locator("article")).to_have_count(2)
    return opened


def together(site: Site) -> set[frozenset[str]]:
    """Which reports stand in one item, by title."""
    with site.database.session() as session:
        rows = session.execute(
            select(StoredMention.candidate_id, StoredArticle.title).join(
                StoredArticle, StoredArticle.id == StoredMention.article_id
            )
        ).all()
    found: dict[str | None, set[str]] = {}
    for candidate, title in rows:
        found.setdefault(candidate, set()).add(title)
    return {frozenset(titles) for titles in found.values()}


def titles(candidate: str, *outlets: str) -> frozenset[str]:
    return frozenset(f"{outlet}.example o događaju {candidate}" for outlet in outlets or ("hronika", "vesti"))


APART = {titles("c1"), titles("c2")}


def test_a_possible_same_event_stands_side_by_side_with_its_reasons(page: Page) -> None:
    expect(page.locator("#perhaps-1")).to_contain_text("same town, one report says injured")
    section = page.locator("#alike")
    expect(section.locator("caption")).to_contain_text("same town, one report says injured")
    expect(section.locator("tr.differs", has_text="Victims")).to_contain_text("woman, 61, killed")
    expect(section.locator("tr", has_text="Place")).not_to_have_class("differs")


def test_two_items_are_merged_by_keys_and_parted_again(site: Site, page: Page) -> None:
    page.keyboard.press("m")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done: the reports are grouped as you said.")).to_be_visible()
    expect(page.locator("article")).to_have_count(4)
    assert together(site) == {titles("c1") | titles("c2")}
    expect(page.locator("#alike")).to_contain_text("Merged by ana")
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the reports are grouped as they would be without it.")).to_be_visible()
    expect(page.locator("article")).to_have_count(2)
    assert together(site) == APART


def test_another_item_is_found_by_words_and_merged(site: Site, page: Page) -> None:
    page.keyboard.press("m")
    find = page.locator("#merge-find")
    find.focus()
    find.press_sequentially("vesti.example o doga")
    expect(page.locator("#merge-find-list [role=option]")).to_have_count(1)
    expect(find).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(find).to_have_value("c2")
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(4)
    assert together(site) == {titles("c1") | titles("c2")}


def test_an_item_of_another_jurisdiction_is_found_after_those_of_its_own_and_merged(site: Site, page: Page) -> None:
    lepos = {"place": "Leposavić", "place_id": None, "jurisdiction": "XK", "latitude": 43.1, "longitude": 20.8}
    with site.database.session() as session:
        seed.simple(session, "c3", facts=FIRST.model_copy(update=lepos))
        seed.simple(session, "c4", facts=SECOND.model_copy(update={"place": "Lepenica", "place_id": None}))
    before = together(site)
    page.keyboard.press("m")
    find = page.locator("#merge-find")
    find.press_sequentially("lep")
    options = page.locator("#merge-find-list [role=option]")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("Lepenica")
    expect(options.first).not_to_contain_text("Serbia")
    expect(options.last).to_have_text(re.compile(r"^Kosovo\* · Public dispute · Leposavić"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(find).to_have_value("c3")
    expect(page.locator("#merge .home")).to_have_text(
        "They lie in two jurisdictions. Queue of the merged item: Serbia."
    )
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(3)
    with site.database.session() as session:
        assert (session.get_one(Candidate, "c1").jurisdiction, session.get_one(Candidate, "c3").state) == (
            "RS", "superseded",
        )  # fmt: skip
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the reports are grouped as they would be without it.")).to_be_visible()
    assert together(site) == before
    with site.database.session() as session:
        [back] = session.scalars(select(Candidate).where(Candidate.jurisdiction == "XK", Candidate.state == "open"))
        assert back.proposal["place"] == "Leposavić"


def test_before_two_jurisdictions_are_merged_it_is_said_whose_queue_holds_the_item(site: Site, page: Page) -> None:
    elsewhere = {"place": "Leposavić", "place_id": None, "jurisdiction": "XK"}
    with site.database.session() as session:
        for made in ("c3", "c4"):
            seed.simple(session, made, facts=FIRST.model_copy(update=elsewhere))
            session.add(CandidateLink(a="c1", b=made, score=0.5, reasons=[]))
        approve(session, "c4", version=1, by="boro", facts=FIRST.model_copy(update=elsewhere))
    page.reload()
    page.keyboard.press("m")
    same, open_, approved, _ = page.locator("#merge .reasons label").all()
    expect(same).not_to_contain_text("two jurisdictions")
    expect(open_).to_contain_text("They lie in two jurisdictions. Queue of the merged item: Serbia.")
    expect(approved).to_contain_text("They lie in two jurisdictions. Queue of the merged item: Kosovo*.")
    page.locator("#merge-find").press_sequentially("c3")  # an id that is typed and not taken
    expect(page.locator("#merge .home")).to_contain_text("Queue of the merged item: Serbia.")
    page.locator("#merge-find").press_sequentially("x")
    expect(page.locator("#merge .home")).to_have_text("")


def test_a_corrected_incident_is_found_where_it_lies_now_and_merged(site: Site, page: Page) -> None:
    with site.database.session() as session:
        seed.simple(session, "c3", facts=FIRST.model_copy(update={"place": "Lepos", "place_id": None}))
        moved = FIRST.model_copy(update={"place": "Leposavić", "place_id": None, "jurisdiction": "XK"})
        approve(session, "c3", version=1, by="boro", facts=moved)
        seed.simple(session, "c4", facts=moved.model_copy(update={"place": "Zubin Potok"}))
    page.goto(f"{site.url}/item/c4")
    page.keyboard.press("m")
    page.locator("#merge-find").press_sequentially("leposavi")
    expect(page.locator("#merge-find-list [role=option]")).to_have_count(1)
    expect(page.locator("#merge-find-list [role=option]")).not_to_contain_text("Kosovo*")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done: the reports are grouped as you said.")).to_be_visible()


def test_a_corrected_incident_is_shown_as_approved_beside_a_possible_same_event(site: Site, page: Page) -> None:
    with site.database.session() as session:
        right = SECOND.model_copy(update={"date": FIRST.date, "victims": FIRST.victims})
        approve(session, "c2", version=1, by="boro", facts=right)
    for number in ("c1", "c2"):  # the program's mistakes are on neither side of the comparison
        page.goto(f"{site.url}/item/{number}")
        for field in ("Date", "Victims"):
            row = page.locator("#alike .compare tr", has=page.get_by_role("rowheader", name=field, exact=True))
            expect(row).to_have_count(1)
            expect(row).not_to_have_class("differs")
    page.goto(f"{site.url}/item/c1")
    page.keyboard.press("m")
    expect(page.locator("#merge .reasons label").first).to_contain_text("3 March 2025")
    page.locator("#merge-find").press_sequentially("c2")
    expect(page.locator("#merge-find-list [role=option]")).to_contain_text("3 March 2025")


def test_the_server_is_asked_when_the_keys_rest(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/others?" in request.url else None)
    page.clock.install()
    page.reload()
    page.clock.pause_at(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))  # from here on time passes by run_for alone
    find = page.locator("#merge-find")
    page.keyboard.press("m")
    find.press_sequentially("vesti.example o doga")
    page.clock.run_for(199)
    assert asked == []
    page.clock.run_for(1)
    expect(page.locator("#merge-find-list [role=option]")).to_have_count(1)
    assert [url.partition("?")[2] for url in asked] == ["q=vesti.example+o+doga"]


def test_an_item_that_is_not_there_is_told(site: Site, page: Page) -> None:
    page.keyboard.press("m")
    page.locator("#merge-find").fill("c99")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Not merged. There is no open or approved item c99")
    assert together(site) == APART


def test_not_the_same_is_remembered(site: Site, page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#alike")).to_contain_text("Not the same by ana")
    assert together(site) == APART
    with site.database.session() as session:
        decision = session.scalars(select(GroupingDecision)).one()
        assert (decision.kind, decision.by, decision.undone_at) == ("not_same", "ana", None)


def test_a_report_is_split_off_by_keys_and_comes_back(site: Site, page: Page) -> None:
    page.keyboard.press("s")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done: the reports are grouped as you said.")).to_be_visible()
    expect(page.locator("article")).to_have_count(1)
    assert together(site) == {titles("c1", "hronika"), titles("c1", "vesti"), titles("c2")}
    page.keyboard.press("u")
    expect(page.locator("article")).to_have_count(2)
    assert together(site) == APART


def test_a_report_moves_to_another_item(site: Site, page: Page) -> None:
    page.keyboard.press("s")
    page.locator("#split").get_by_label("vesti.example o događaju c1").check()
    page.locator("#split-find").fill("c2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done: the reports are grouped as you said.")).to_be_visible()
    assert together(site) == {titles("c1", "hronika"), titles("c2") | titles("c1", "vesti")}


@pytest.mark.parametrize(
    ("ticked", "why"),
    [
        ((), "Choose first the reports to take out of this item."),
        (("1", "2"), "Choose some of the reports of this item, not all: the others stay."),
    ],
)
def test_none_or_all_reports_are_not_split_off(site: Site, page: Page, ticked: tuple[str, ...], why: str) -> None:
    page.keyboard.press("s")
    for key in ticked:
        page.keyboard.press(key)
    page.locator("#split .main").click()
    expect(page.get_by_role("alert").first).to_contain_text(f"Not split. {why}")
    assert together(site) == APART


def test_what_a_colleague_works_on_is_not_merged(site: Site, page: Page, signed_in: SignIn) -> None:
    other = signed_in("boro")
    other.goto(f"{site.url}/item/c2")
    expect(other.locator("#approve")).to_be_visible()
    page.reload()
    expect(page.locator("#alike caption")).to_contain_text("boro works on it")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Not merged. Boro works on this item until")
    assert together(site) == APART


def test_a_version_that_a_person_has_not_seen_is_not_merged(site: Site, page: Page) -> None:
    with site.database.session() as session:
        session.get_one(Candidate, "c2").version += 1
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Not merged. These items changed while you read them")
    assert together(site) == APART


def test_what_was_noted_beside_either_is_beside_both(site: Site, page: Page) -> None:
    for number in ("c2", "c1"):
        page.goto(f"{site.url}/item/{number}")
        page.keyboard.press("c")
        page.locator("#note textarea").fill(f"seen at {number}")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#notes")).to_contain_text(f"seen at {number}")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(4)
    for number in ("c1", "c2"):
        expect(page.locator("#notes")).to_contain_text(f"seen at {number}")
