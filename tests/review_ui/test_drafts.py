"""What is typed is kept: over a closed page, a killed server, a newer version; and two windows overwrite nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select, text

from store.database import Database
from store.schema import Candidate, CuratedIncident, StoredDraft
from store.users import add_user, create_sign_in_link
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start, waiting_items
from tests.review_ui.test_leases import wait_for_owner

SignIn = Callable[..., Page]


def drafts(database: Database) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(StoredDraft)) or 0


def fill_in(page: Page) -> None:
    page.locator("input[name='victims.age']").fill("35")
    page.get_by_label("Comment", exact=True).fill("from the bulletin")


def kept(page: Page) -> None:
    expect(page.locator("#draft-line")).to_contain_text("Draft kept,")


def type_age(page: Page, age: str) -> None:
    """Type an age, and wait until that is kept."""
    turn = page.locator("#decision input[name='draft_turn']")
    before = turn.input_value()
    page.locator("input[name='victims.age']").fill(age)
    expect(turn).not_to_have_value(before)


def filled_in(page: Page) -> None:
    expect(page.locator("input[name='victims.age']")).to_have_value("35")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("from the bulletin")


@pytest.fixture
def page(site: Site, signed_in: SignIn) -> Page:
    waiting_items(site, "c1", "c2")
    opened = signed_in()
    start(opened)
    return opened


def test_a_draft_is_there_when_the_item_is_opened_again_and_gone_after_the_decision(site: Site, page: Page) -> None:
    fill_in(page)
    kept(page)
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.wait_for_url("**/queue")
    wait_for_owner(site, None)
    page.keyboard.press("j")
    page.wait_for_url("**/item/c1")
    expect(page.get_by_text("Your draft of")).to_be_visible()
    filled_in(page)
    expect(page.locator("#approve")).to_have_text("Approve corrected a")
    assert drafts(site.database) == 1
    page.keyboard.press("a")
    page.wait_for_url("**/item/c2**")
    assert drafts(site.database) == 0


def test_what_was_typed_just_before_skipping_is_kept_too(site: Site, page: Page) -> None:
    fill_in(page)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_url("**/item/c2**")
    page.keyboard.press("k")
    page.wait_for_url("**/item/c1")
    filled_in(page)
    assert drafts(site.database) == 1


def test_a_draft_is_thrown_away(site: Site, page: Page) -> None:
    fill_in(page)
    kept(page)
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("input[name='victims.age']")).to_have_value("34")
    expect(page.get_by_text("Your draft of")).to_have_count(0)
    assert drafts(site.database) == 0


def test_taking_everything_back_leaves_no_draft(site: Site, page: Page) -> None:
    page.locator("input[name='victims.age']").fill("35")
    kept(page)
    page.locator("input[name='victims.age']").fill("34")
    expect(page.locator("#draft-line")).to_have_text("")
    assert drafts(site.database) == 0


def test_a_draft_of_an_older_version_says_so_and_is_filled_in_when_wanted(site: Site, page: Page) -> None:
    fill_in(page)
    kept(page)
    with site.database.session() as session:
        candidate = session.get_one(Candidate, "c1")
        seed.report(session, candidate, "Policija o sukobu", "Osumnjičeni je uhapšen.", source_id="policija.example")
        candidate.version += 1
    page.goto(f"{site.url}/item/c1")
    expect(page.get_by_text("It was made on an older version of this item")).to_be_visible()
    expect(page.locator("input[name='victims.age']")).to_have_value("34")
    page.get_by_role("link", name="Fill in my draft").click()
    filled_in(page)
    expect(page.get_by_text("It was made on an older version of this item")).to_be_visible()
    page.locator("#approve").click()
    expect(page.get_by_text("Approved: incident")).to_be_visible()


def test_a_draft_of_an_item_whose_reports_moved_is_offered_where_they_are(site: Site, page: Page) -> None:
    fill_in(page)
    kept(page)
    with site.database.session() as session:
        moved = session.get_one(Candidate, "c1")
        moved.state, moved.superseded_by = "superseded", "c2"
    page.goto(f"{site.url}/item/c2")
    expect(page.get_by_text("You have a draft of")).to_be_visible()
    page.get_by_role("link", name="Fill in my draft").click()
    filled_in(page)
    page.locator("#approve").click()
    expect(page.get_by_text("Approved: incident")).to_be_visible()
    assert drafts(site.database) == 0


def test_a_draft_is_its_persons_alone(site: Site, page: Page, signed_in: SignIn) -> None:
    fill_in(page)
    kept(page)
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.wait_for_url("**/queue")
    other = signed_in("boro")
    other.goto(f"{site.url}/item/c1")
    expect(other.locator("input[name='victims.age']")).to_have_value("34")


def test_a_second_window_of_the_same_person_overwrites_nothing(site: Site, page: Page) -> None:
    second = page.context.new_page()
    second.goto(f"{site.url}/item/c1")
    fill_in(page)
    kept(page)
    second.locator("input[name='victims.age']").fill("53")
    expect(second.locator("#draft-line")).to_contain_text("Not kept: You typed on this item in another window too")
    expect(second.locator("input[name='victims.age']")).to_have_value("53")
    page.reload()
    filled_in(page)


def test_a_second_window_throws_nothing_away_that_the_first_one_typed(site: Site, page: Page) -> None:
    second = page.context.new_page()
    second.goto(f"{site.url}/item/c1")
    type_age(second, "53")
    second.reload()
    expect(second.get_by_role("button", name="Throw it away")).to_be_visible()
    page.reload()
    type_age(page, "35")
    second.locator("input[name='victims.age']").fill("34")
    expect(second.locator("#draft-line")).to_contain_text("Not kept: You typed on this item in another window too")
    second.reload()
    type_age(page, "36")
    second.get_by_role("button", name="Throw it away").click()
    expect(second.locator("input[name='victims.age']")).to_have_value("36")
    assert drafts(site.database) == 1
    second.get_by_role("button", name="Throw it away").click()
    expect(second.locator("input[name='victims.age']")).to_have_value("34")
    assert drafts(site.database) == 0


def test_what_the_server_did_not_answer_for_is_kept_when_it_is_back(site: Site, page: Page) -> None:
    page.context.set_offline(True)
    fill_in(page)
    expect(page.locator("#draft-line")).to_have_text("Not kept: the server does not answer.")
    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # a sign of life, before the next is due
    kept(page)
    assert drafts(site.database) == 1


def test_an_item_decided_elsewhere_keeps_no_draft(site: Site, page: Page) -> None:
    with site.database.session() as session:
        candidate = session.get_one(Candidate, "c1")
        candidate.state, candidate.decided_by, candidate.decided_at = "rejected", "boro", func.now()
        candidate.rejection_reason = "other"
    fill_in(page)
    expect(page.locator("#draft-line")).to_contain_text("Not kept: Boro rejected this item")
    assert drafts(site.database) == 0


SERVER = """
import sys
from pipeline.stages.requeue import relink
from review_ui.serve import serve
from review_ui.settings import WebSettings
from store.database import Database
serve(Database(sys.argv[1]), WebSettings(port=int(sys.argv[2])), relink, lambda address: print(address, flush=True))
"""


@contextmanager
def web(url: str, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A web process of its own and its address."""
    with subprocess.Popen([sys.executable, "-c", SERVER, url, str(port)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def somebody_waits_for_a_lock(database: Database) -> bool:
    query = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    with database.session() as session:
        return bool(session.scalar(text(query)))


def test_a_server_killed_in_mid_submit_loses_nothing_that_was_typed(
    database: Database, database_url: str, new_context: Callable[..., BrowserContext]
) -> None:
    with database.session() as session:
        add_user(session, "ana", "monitor", by="test")
    with database.session() as session:
        seed.simple(session, "c1")
        token = create_sign_in_link(session, "ana", by="test")
    page = new_context().new_page()
    with web(database_url) as (process, address):
        port = int(address.rsplit(":", 1)[1])
        page.goto(f"{address}/enter/{token}")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/queue")
        start(page)
        fill_in(page)
        with database.session() as session:  # the decision waits for this row, the draft has been kept before
            session.execute(text("lock table incidents in access exclusive mode"))
            with page.expect_request("**/item/c1/approve"):
                page.locator("#approve").click(no_wait_after=True)
            while not somebody_waits_for_a_lock(database):
                time.sleep(0.05)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    with database.session() as session:
        assert session.get_one(Candidate, "c1").state == "open"
        assert not session.scalars(select(CuratedIncident)).all()
    with web(database_url, port) as (_, address):
        page.goto(f"{address}/item/c1")
        expect(page.get_by_text("Your draft of")).to_be_visible()
        filled_in(page)
        page.locator("#approve").click()
        expect(page.get_by_text("Approved: incident")).to_be_visible()
