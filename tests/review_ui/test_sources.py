"""The pages of the sources: what needs somebody comes first, and says what happened and what to do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from codebook.codes import footnote
from crawlers.extraction import methods
from review_ui.picture import picture
from store.clock import moment
from store.polling import note
from store.schema import Feed, FetchOutcome, PendingItem, Source, SourceAlarm, SourceDay
from store.schema.health import ALARM_KINDS
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_pages import DOUBLE_IDS, FAINT, UNNAMED

UNTITLED = """() => [...document.querySelectorAll("main table")].filter((table) => {
  const title = document.getElementById(table.getAttribute("aria-labelledby") ?? "") ?? table.caption;
  return !title?.textContent.trim();
}).map((table) => table.outerHTML.slice(0, 80))"""
LEVELS = (
    """() => [...document.querySelectorAll("main :is(h1, h2, h3, h4)")].map((heading) => Number(heading.tagName[1]))"""
)

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def watched(site: Site) -> Site:
    with site.database.session() as session:
        source(session, "dobre.example", "RS")
        source(session, "tihe.example", "RS", quiet=4)
        source(session, "pada.example", "RS", failing=True)
        new(session, "nova.example", "RS")
        source(session, "lajme.example", "XK", broken=3)
        seed.source(session, "policia.example", "XK", "official").verified = False
        seed.source(session, "policia.example", "XK").looked_at = NOW
        session.add(
            alarm("tihe.example", "silence", "nothing new since 1 March 2026; before, it brought something every day")
        )
        session.add(alarm("lajme.example", "yield", "only 10% of the last 60 pages are articles; before, 95%"))
        over = alarm("lajme.example", "gone", "https://lajme.example/feed answers HTTP 410: it is gone for good")
        over.cleared_at = NOW - DAY
        session.add(over)
    return site


def alarm(source_id: str, kind: str, line: str) -> SourceAlarm:
    return SourceAlarm(
        source_id=source_id, kind=kind, line=line, remedy="look at it, then mend it", raised_at=NOW - 2 * DAY
    )


def new(session: Session, name: str, jurisdiction: str) -> None:
    """A source that no poll has asked yet."""
    seed.source(session, name, jurisdiction)
    session.add(Feed(url=f"https://{name}/feed", source_id=name, kind="rss"))


def source(
    session: Session, name: str, jurisdiction: str, *, quiet: int = 0, broken: int = 0, failing: bool = False
) -> None:
    seed.source(session, name, jurisdiction).looked_at = NOW
    feed = Feed(
        url=f"https://{name}/feed", source_id=name, kind="rss", last_success=NOW, last_polled=NOW, next_poll=NOW
    )
    feed.last_new_item = NOW - quiet * DAY
    if broken or failing:
        feed.last_error, feed.last_error_kind, feed.failing_since = "HTTP 503", "server", NOW - DAY
    session.add(feed)
    session.flush()
    note(session, feed.url, "interval", "every 10 min: most of what it listed was new")
    for ago in range(40):
        day = SourceDay(source_id=name, day=NOW.date() - ago * DAY, polls=96, polls_failed=1)
        if ago >= quiet:
            day.seen, day.listed, day.known, day.new, day.unusable, day.characters = 21, 400, 379, 19, 2, 40_000
        if ago < broken:
            day.new, day.unusable = 2, 19
        session.add(day)
    report = seed.report(session, seed.candidate(session, f"c-{name}"), "Ranjen muškarac", "Tekst.", source_id=name)
    report.fetched, report.extraction = NOW, "paragraphs"
    session.add(FetchOutcome(url=report.url, source_id=name, article_id=report.id, outcome="fetched"))
    session.add(
        FetchOutcome(url=f"https://{name}/kratko", source_id=name, outcome="unusable", reason="no article text")
    )
    waiting(session, name, "p1")
    waiting(session, name, "p2", reason="failed: HTTP 503", attempts=2, due_at=NOW + DAY)
    waiting(session, name, "p3", backfill=True)
    session.flush()


def waiting(session: Session, name: str, path: str, **values: object) -> None:
    url = f"https://{name}/{path}"
    session.add(PendingItem(url=url, source_id=name, feed_url=f"https://{name}/feed", link=url, host=name, **values))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (320, "dark")])
def test_the_pages_fit_are_labelled_and_can_be_read(
    watched: Site, signed_in: Callable[..., Page], width: int, scheme: str
) -> None:
    page = signed_in(viewport={"width": width, "height": 844}, color_scheme=scheme)
    for path in ("/sources", "/sources?jurisdiction=XK&show=alarms", "/sources?show=never", "/source/lajme.example",
                 "/source/policia.example", "/source/pada.example", "/source/nova.example", "/source/nowhere",
                 "/system"):  # fmt: skip
        page.goto(watched.url + path)
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(UNNAMED) == [], path
        assert page.evaluate(DOUBLE_IDS) == [], path
        assert page.evaluate(FAINT) == [], path
        assert page.evaluate(UNTITLED) == [], path
        levels = page.evaluate(LEVELS)
        assert levels[0] == 1, path
        assert all(lower <= upper + 1 for upper, lower in pairwise(levels)), f"{path}: a heading leaves a level out"


def test_what_fails_comes_first_then_what_is_silent(watched: Site, signed_in: Callable[..., Page]) -> None:
    page = signed_in()
    page.goto(watched.url + "/system")
    page.get_by_role("link", name="6 sources").click()
    expect(page.locator("main h2")).to_have_text(["Kosovo*", "Serbia"])  # as filters list them
    expect(page.locator(".title a")).to_have_text(["Lajme", "Policia", "Pada", "Tihe", "Dobre", "Nova"])
    expect(page.get_by_text(footnote("kosovo"))).to_be_visible()
    silent = page.get_by_role("row").filter(has_text="Tihe")
    expect(silent).to_contain_text("Silent: nothing new since 1 March 2026; before, it brought something every day")
    expect(page.get_by_role("row").filter(has_text="Dobre")).to_contain_text("90 % of 630")
    expect(page.get_by_role("row").filter(has_text="Pada")).to_contain_text("Failing: HTTP 503, since")
    expect(page.get_by_role("row").filter(has_text="Nova")).to_contain_text("not polled yet")
    expect(page.get_by_role("row").filter(has_text="Policia")).to_contain_text("no feed is known")


def test_the_filter_is_in_the_address(watched: Site, signed_in: Callable[..., Page]) -> None:
    page = signed_in()
    page.goto(watched.url + "/sources")
    page.get_by_label("Jurisdiction").select_option("XK")
    page.get_by_label("Which").select_option("alarms")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/sources?jurisdiction=XK&show=alarms")
    expect(page.locator(".title a")).to_have_text(["Lajme"])
    page.reload()
    assert page.get_by_label("Which").input_value() == "alarms"
    page.get_by_role("link", name="Clear").click()
    expect(page.locator(".title a")).to_have_count(6)
    page.goto(watched.url + "/sources?show=nothing")
    expect(page.get_by_text("use one of alarms, failing, unlooked, never, unverified")).to_be_visible()


def test_a_source_tells_what_is_wrong_and_what_to_do(watched: Site, signed_in: Callable[..., Page]) -> None:
    page = signed_in()
    page.goto(watched.url + "/source/lajme.example")
    raised = page.locator(".alarm")
    expect(raised).to_have_count(1)
    expect(raised).to_contain_text("Fewer articles, since")
    expect(raised).to_contain_text("To do: look at it, then mend it.")
    drawn = page.get_by_role("img")
    expect(drawn).to_have_attribute(
        "aria-label", "519 articles and 111 entries that became none in 30 days, at most 21 a day"
    )
    assert page.locator("svg .good").count() == 30
    assert page.locator("svg script").count() == 0
    heights = (
        page.locator("svg g")
        .last.locator("rect")
        .evaluate_all("bars => bars.map(b => b.getBoundingClientRect().height)")
    )
    assert heights[2] > heights[1] > 0, "today most became none"
    feeds = page.get_by_role("row").filter(has_text="https://lajme.example/feed")
    expect(feeds).to_contain_text("HTTP 503")
    expect(feeds).to_contain_text("server, since")
    expect(page.get_by_role("row").filter(has_text="no article text")).to_contain_text("unusable")
    expect(page.get_by_text("every 10 min: most of what it listed was new")).to_be_visible()
    expect(page.get_by_text("Gone,")).to_contain_text("HTTP 410")
    expect(page.get_by_text("Serbian (1)")).to_be_visible()
    expect(page.get_by_text(footnote("kosovo"))).to_be_visible()


def test_nothing_is_said_of_alarms_before_somebody_looked(watched: Site, signed_in: Callable[..., Page]) -> None:
    page = signed_in()
    page.goto(watched.url + "/source/dobre.example")
    expect(page.get_by_text("No alarm when last looked at")).to_be_visible()
    page.goto(watched.url + "/source/pada.example")
    expect(page.get_by_text("Failing: HTTP 503, since")).to_contain_text(
        "An alarm is raised once it has failed for a day"
    )
    expect(page.get_by_text("No alarm")).to_have_count(0)
    page.goto(watched.url + "/source/nova.example")
    expect(page.get_by_role("status").first).to_have_text("Not polled yet.")
    page.goto(watched.url + "/sources")
    expect(page.locator(".count")).to_contain_text("6 shown, 2 with an alarm, 1 more failing, 1 not looked at yet")
    page.get_by_role("link", name="1 not looked at yet").click()
    expect(page.locator(".title a")).to_have_text(["Nova"])
    with watched.database.session() as session:
        session.execute(update(Feed).where(Feed.source_id == "nova.example").values(last_polled=NOW, last_success=NOW))
        session.execute(delete(SourceAlarm))
        session.execute(update(Source).values(looked_at=None))
    page.goto(watched.url + "/source/nova.example")
    expect(page.get_by_role("status").first).to_contain_text("Not looked at yet")
    for path in ("/sources", "/system"):
        page.goto(watched.url + path)
        expect(page.locator(".count")).to_contain_text("alarms not looked for yet, 2 failing")
        expect(page.get_by_text("none with an alarm")).to_have_count(0)


def test_a_source_tells_why_its_entries_wait_and_when_they_are_fetched(
    watched: Site, signed_in: Callable[..., Page]
) -> None:
    page = signed_in()
    page.goto(watched.url + "/source/dobre.example")
    page.get_by_role("link", name="Still to be fetched").click()
    section = page.get_by_role("region", name="Waiting to be fetched")
    expect(section).to_contain_text("3 entries wait")
    expect(section.get_by_role("listitem")).to_have_count(3)
    rows = section.get_by_role("row")
    expect(rows.nth(2)).to_contain_text("waits for its turn")
    expect(rows.nth(2)).to_contain_text("when its turn comes")
    expect(rows.nth(1)).to_contain_text("failed: HTTP 503")
    expect(rows.nth(1)).to_contain_text(moment(NOW + DAY, "RS"))
    expect(rows.nth(3)).to_contain_text("gives way to what feeds list")


def test_a_source_tells_how_texts_are_taken_and_what_was_wrong_with_its_feed(
    watched: Site, signed_in: Callable[..., Page]
) -> None:
    with watched.database.session() as session:
        of_source = Feed.source_id == "dobre.example"
        session.execute(update(Feed).where(of_source).values(note="it breaks off: its last entry is left out"))
    page = signed_in()
    page.goto(watched.url + "/source/dobre.example")
    ways = page.get_by_role("table", name="How the text of its articles was taken out of the pages")
    expect(ways.get_by_role("row").filter(has_text="Where most running text stands")).to_contain_text("100 %")
    expect(page.get_by_text("Articles among 630 pages fetched")).to_be_visible()
    feed = page.get_by_role("row").filter(has_text="https://dobre.example/feed")
    expect(feed).to_contain_text("its document was read, but: it breaks off: its last entry is left out")


def test_every_way_to_take_a_text_has_a_name_for_people(site: Site, signed_in: Callable[..., Page]) -> None:
    ways = re.findall(r"^- `(\w+)`:", methods.__doc__ or "", re.MULTILINE)
    assert len(ways) > 5
    with site.database.session() as session:
        for way in ways:
            made = seed.report(session, seed.candidate(session, f"c-{way}"), way, "Tekst.", source_id="a.example")
            made.fetched, made.extraction = NOW, way
    page = signed_in()
    page.goto(site.url + "/source/a.example")
    table = page.get_by_role("table", name="How the text of its articles")
    expect(table.locator("tbody tr")).to_have_count(len(ways))
    for way in ways:
        expect(table.get_by_text(way, exact=True)).to_have_count(0)


def test_a_crawler_that_does_not_run_is_told(watched: Site, signed_in: Callable[..., Page]) -> None:
    page = signed_in()
    page.goto(watched.url + "/sources")
    expect(page.get_by_text("the crawler does not run")).to_have_count(0)
    with watched.database.session() as session:
        for feed in session.query(Feed):
            feed.last_polled = NOW - DAY
    page.reload()
    expect(page.get_by_text("the crawler does not run")).to_be_visible()


def test_every_alarm_has_a_name_for_people(site: Site, signed_in: Callable[..., Page]) -> None:
    with site.database.session() as session:
        seed.source(session, "a.example")
        session.add_all(alarm("a.example", kind, f"line of {kind}") for kind in ALARM_KINDS)
    page = signed_in()
    page.goto(site.url + "/sources")
    for kind in ALARM_KINDS:
        expect(page.get_by_role("listitem").filter(has_text=f"line of {kind}")).to_have_count(1)


def test_the_equations_stand_on_the_system_page(watched: Site, signed_in: Callable[..., Page]) -> None:
    page = signed_in()
    page.goto(watched.url + "/system")
    expect(page.get_by_text("listed 62,400 = known")).to_be_visible()
    expect(page.get_by_text("this does not add up").first).to_be_visible()  # the seed is made up
    expect(page.get_by_role("link", name="2 with an alarm").first).to_be_visible()


def test_a_picture_of_nothing_has_no_bars() -> None:
    empty = picture([], NOW.date(), 30)
    assert len(empty.bars) == 30
    assert all(bar.good == bar.bad == 0 and not bar.polled for bar in empty.bars)
    assert empty.label == "0 articles and 0 entries that became none in 30 days, at most 0 a day"
