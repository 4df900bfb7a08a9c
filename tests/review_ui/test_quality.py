"""Audit, second reading, adjudication, agreement and the program against people, in a browser and by keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from store import audit_sample, second_reading
from store.adjudication import Side, adjudicate
from store.decisions import approve, incident_id, reject
from store.incidents import incident, revisions
from store.review_queue import lease
from store.review_rules import Rules, rules, set_rules
from store.schema import AuditItem, Candidate, CuratedIncident, OutboxMessage, StoredArticle, StoredReading
from store.users import add_user
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.reviewed import KILLED, screened_out
from tests.review_ui.reviewed import disputed as make_disputed
from tests.review_ui.test_deciding import start

SignIn = Callable[..., Page]


def screen_out(site: Site, *titles: str) -> None:
    with site.database.session() as session:
        screened_out(session, *titles)


def test_an_article_of_the_audit_has_two_keys(site: Site, signed_in: SignIn) -> None:
    screen_out(site, "Vatromet", "Pucnjava")
    page = signed_in()
    page.goto(f"{site.url}/queue")
    expect(page.locator(".progress")).to_contain_text("2 screened-out articles to look at")
    page.goto(f"{site.url}/queue/next")  # nothing else waits
    page.wait_for_url("**/audit/**")
    first = page.locator("article h2").inner_text()
    page.keyboard.press("n")
    page.wait_for_url("**/audit/**audited=**")
    expect(page.locator("article h2")).not_to_have_text(first)
    expect(page.get_by_role("status")).to_contain_text("Your answer is kept")
    page.keyboard.press("m")
    page.wait_for_url("**/queue/next**")
    with site.database.session() as session:
        answers = dict(session.execute(select(StoredArticle.title, AuditItem.answer).join(AuditItem)).all())
        sent = session.scalar(select(func.count()).select_from(OutboxMessage))
    assert answers == {first: "no_incident", ({"Vatromet", "Pucnjava"} - {first}).pop(): "missed"}
    assert sent == 1


def test_the_audit_comes_between_the_items_and_may_be_skipped(site: Site, signed_in: SignIn) -> None:
    screen_out(site, "Vatromet")
    with site.database.session() as session:
        for number in range(audit_sample.EVERY):
            seed.simple(session, f"d{number}")
            reject(session, f"d{number}", version=1, by="ana", reason="not_incident")
        seed.simple(session, "c1")
    page = signed_in()
    page.goto(f"{site.url}/queue?incident_type=public_dispute")
    page.keyboard.press("j")  # chosen by type: no screened-out article has one
    page.wait_for_url("**/item/c1**")
    page.goto(f"{site.url}/queue")
    page.keyboard.press("j")
    page.wait_for_url("**/audit/**")
    page.keyboard.press("j")
    page.wait_for_url("**/item/c1**")
    other = signed_in("boro")
    other.goto(f"{site.url}/audit/next")
    other.wait_for_url("**/audit/**")
    expect(other.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("key", ["j", "n"], ids=["skipped", "answered"])
def test_a_decision_is_undone_after_an_article_of_the_audit(site: Site, signed_in: SignIn, key: str) -> None:
    screen_out(site, "Vatromet")
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    start(page)
    page.keyboard.press("a")
    page.wait_for_url("**/audit/**")
    with site.database.session() as session:
        seed.simple(session, "c2")
    page.keyboard.press(key)
    page.wait_for_url("**/item/c2**")
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the item is open again")).to_be_visible()


def test_two_people_read_an_item_blind_and_their_agreement_publishes_it(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        set_rules(session, Rules(audit_share=0.0, second_fatal=True), by="ada")
        seed.simple(session, "c1", facts=KILLED)
    ana, boro = signed_in("ana"), signed_in("boro")
    start(ana)
    ana.keyboard.press("a")
    expect(ana.get_by_role("status").first).to_contain_text("is decided when a second reader agrees")
    with site.database.session() as session:
        assert session.scalar(select(func.count()).select_from(CuratedIncident)) == 0
    ana.goto(f"{site.url}/item/c1")
    expect(ana.get_by_text("You have read this item; it waits for a second reader")).to_be_visible()
    expect(ana.locator("#approve")).to_have_count(0)
    boro.reload()
    start(boro)
    expect(boro.get_by_text("A second reading")).to_be_visible()
    expect(boro.locator("main")).not_to_contain_text("ana")
    boro.keyboard.press("a")
    expect(boro.get_by_role("status").first).to_contain_text("Approved: incident")


def test_a_second_reading_that_differs_goes_to_a_validator_and_is_not_taken_back(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        add_user(session, "cveta", "monitor", by="test")
        set_rules(session, Rules(audit_share=0.0, second_share=1.0), by="ada")
        seed.simple(session, "c1")
        second_reading.approve(session, "c1", version=1, by="cveta", facts=KILLED)
    page = signed_in("ana")
    page.keyboard.press("j")
    page.wait_for_url("**/item/c1")
    page.get_by_label("Time of day", exact=True).select_option("night")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    told = page.get_by_text("Public dispute, Novi Pazar: two people read it differently")
    expect(told.get_by_role("link")).to_have_attribute("href", "/adjudication/c1")
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    page.goto(f"{site.url}/item/c1")
    expect(page.get_by_label("Time of day", exact=True)).to_have_value("night")  # what ana read, and cveta did not
    expect(page.get_by_label("Time of day", exact=True)).to_be_disabled()
    token = page.locator("input[name=csrf]").first.input_value()
    answer = page.request.post(f"{site.url}/item/c1/take-back", form={"csrf": token})
    assert answer.status == 409
    assert "Not undone. No reading of yours waits" in answer.text()
    assert "Public dispute, Novi Pazar</h1>" in answer.text()


def test_a_reading_that_waits_can_be_taken_back(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        set_rules(session, Rules(audit_share=0.0, second_share=1.0), by="ada")
        seed.simple(session, "c1")
    page = signed_in()
    start(page)
    page.keyboard.press("a")
    page.get_by_role("button", name="Take it back").click()
    page.wait_for_url("**/item/c1**")
    expect(page.locator("#approve")).to_be_visible()


@pytest.fixture
def disputed(site: Site) -> Site:
    with site.database.session() as session:
        make_disputed(session, "c1")
        set_rules(session, Rules(audit_share=0.0), by="ada")
    return site


def test_a_validator_decides_between_two_readers_by_keys_alone(disputed: Site, signed_in: SignIn) -> None:
    page = signed_in("boro")
    page.goto(f"{disputed.url}/queue")
    expect(page.get_by_role("status")).to_contain_text("1 waits for a validator")
    page.goto(f"{disputed.url}/adjudication")
    expect(page.locator("tbody tr")).to_contain_text("time of day, victims")
    page.keyboard.press("j")
    page.wait_for_url("**/adjudication/c1")
    expect(page.locator("main")).not_to_contain_text("cveta")
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text("choose a side in every row")
    page.keyboard.press("2")
    page.keyboard.press("1")
    page.keyboard.press("a")
    expect(page.get_by_role("status").first).to_contain_text("Decided: Public dispute, Novi Pazar.")
    with disputed.database.session() as session:
        made = incident(session, incident_id("c1"))
        assert made is not None
        assert (made.time_of_day, made.victims) == ("night", KILLED.victims)
        assert [(r.by, r.why) for r in revisions(session, made.id)] == [("boro", "boro decided between two readers")]


def test_the_list_of_disputes_tells_since_when_each_waits_for_a_validator(disputed: Site, signed_in: SignIn) -> None:
    with disputed.database.session() as session:
        session.get_one(Candidate, "c1").created_at = seed.PUBLISHED
        session.query(StoredReading).update({"at": seed.PUBLISHED + dt.timedelta(days=1)})
        session.query(StoredReading).filter_by(part="second").update({"at": seed.PUBLISHED + dt.timedelta(days=2)})
    page = signed_in("boro")
    page.goto(f"{disputed.url}/adjudication")
    expect(page.locator("tbody tr")).to_contain_text("6 March 2025, 19:05 CET")


def test_where_nobody_has_read_an_item_twice_nobody_is_said_to_agree(site: Site, signed_in: SignIn) -> None:
    page = signed_in("boro")
    page.goto(f"{site.url}/adjudication")
    expect(page.get_by_role("status")).to_have_text("Nothing waits for a validator.")


def test_a_validator_decides_otherwise_than_both_in_the_form(disputed: Site, signed_in: SignIn) -> None:
    page = signed_in("boro")
    page.goto(f"{disputed.url}/adjudication/c1")
    page.keyboard.press("o")
    page.wait_for_url("**/item/c1")
    expect(page.get_by_text("The form holds what they agree on.")).to_be_visible()
    time = page.get_by_label("Time of day", exact=True)
    expect(time).to_have_value("evening")
    time.select_option("morning")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_role("status").first).to_contain_text("Approved: incident")
    with disputed.database.session() as session:
        made = incident(session, incident_id("c1"))
        assert made is not None
        assert (made.time_of_day, made.victims) == ("morning", seed.DISPUTE.victims)
        parts = session.execute(select(StoredReading.part, StoredReading.by).order_by(StoredReading.id))
        assert [tuple(part) for part in parts] == [("first", "ana"), ("second", "cveta"), ("adjudication", "boro")]


def test_an_item_that_changed_meanwhile_is_said_to_be_back_in_the_queue(disputed: Site, signed_in: SignIn) -> None:
    page = signed_in("boro")
    page.goto(f"{disputed.url}/adjudication/c1")
    page.keyboard.press("1")
    page.keyboard.press("1")
    with disputed.database.session() as session:
        found = session.get_one(Candidate, "c1")
        found.proposal, found.version = KILLED.model_dump(mode="json"), 2
    page.keyboard.press("a")
    page.wait_for_url("**/adjudication?told=anew")
    expect(page.get_by_role("status").first).to_contain_text("Something else is proposed now")
    expect(page.get_by_role("alert")).to_have_count(0)
    with disputed.database.session() as session:
        assert session.get_one(Candidate, "c1").stage == "first"
    page.goto(f"{disputed.url}/adjudication/c1")
    page.wait_for_url("**/adjudication?told=over")
    expect(page.get_by_role("alert")).to_contain_text("the item is in dispute no more")
    page.goto(f"{disputed.url}/adjudication?line=Sign+in+at+elsewhere&told=elsewhere&decided=elsewhere")
    expect(page.locator("main")).not_to_contain_text("elsewhere")


def test_what_a_validator_chose_stays_where_a_colleague_works_on_the_item(disputed: Site, signed_in: SignIn) -> None:
    page = signed_in("boro")
    page.goto(f"{disputed.url}/adjudication/c1")
    with disputed.database.session() as session:
        lease(session, "c1", "ada")
    page.keyboard.press("2")
    page.keyboard.press("1")
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved. Ada works on this item until")
    expect(page.locator("input:checked")).to_have_count(2)


def test_a_validator_reads_cyrillic_in_latin_letters(disputed: Site, signed_in: SignIn) -> None:
    with disputed.database.session() as session:
        found = session.get_one(Candidate, "c1")
        seed.report(session, found, "Пуцњава на пијаци", "Два човека су се посвађала.", script="Cyrl")
    page = signed_in("boro")
    page.goto(f"{disputed.url}/adjudication/c1")
    expect(page.get_by_text("Пуцњава на пијаци")).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_text("Pucnjava na pijaci")).to_be_visible()
    expect(page.get_by_text("Пуцњава на пијаци")).to_be_hidden()


def test_undoing_a_decision_between_readers_brings_no_comment_that_nobody_wrote(
    disputed: Site, signed_in: SignIn
) -> None:
    with disputed.database.session() as session:
        sides: dict[str, Side] = {"time_of_day": "second", "victims": "first"}
        adjudicate(session, "c1", version=1, by="boro", sides=sides)
        assert session.get_one(Candidate, "c1").comment is None
    page = signed_in("boro")
    page.goto(f"{disputed.url}/item/c1")
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the item is open again, with what you had entered.")).to_be_visible()
    expect(page.get_by_label("Time of day", exact=True)).to_have_value("night")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")


def test_who_read_the_item_or_is_a_monitor_does_not_adjudicate(disputed: Site, signed_in: SignIn) -> None:
    page = signed_in("ana")
    page.goto(f"{disputed.url}/adjudication/c1")
    expect(page.get_by_role("status")).to_contain_text("You are one of the two readers")
    expect(page.get_by_role("button", name="Decide")).to_have_count(0)
    token = page.locator("#adjudication input[name=csrf]").get_attribute("value")
    form: dict[str, str | float | bool] = {
        "csrf": token or "",
        "version": "1",
        "time_of_day": "first",
        "victims": "first",
    }
    assert page.request.post(f"{disputed.url}/adjudication/c1", form=form).status == 403
    with disputed.database.session() as session:
        assert session.get_one(Candidate, "c1").state == "open"


def test_agreement_has_its_period_and_pair_in_the_address(disputed: Site, signed_in: SignIn) -> None:
    page = signed_in("iva")
    page.get_by_role("link", name="Quality").click()
    page.get_by_role("link", name="Agreement of readers").click()
    expect(page.locator("tbody tr")).to_have_count(11)
    expect(page.locator("tbody tr", has_text="Victims")).to_contain_text("0.0 %")
    page.get_by_label("Pair").select_option("ana~cveta")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/quality/agreement?pair=ana%7Ecveta&since=**")
    expect(page.get_by_label("Pair")).to_have_value("ana~cveta")
    page.goto(f"{disputed.url}/quality/agreement?until=2020-01-01")
    expect(page.get_by_role("status")).to_contain_text("Nobody has read an item a second time")
    for wrong in ("since=yesterday", "since=2025-02-30", "since=2026-01-02&until=2026-01-01", "pair=ana"):
        assert page.request.get(f"{disputed.url}/quality/agreement?{wrong}").status == 400, wrong


def test_a_cell_opens_its_cases(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        for name in ("c1", "c2", "c3"):
            seed.simple(session, name)
        approve(session, "c1", version=1, by="ana", facts=seed.DISPUTE)
        approve(session, "c2", version=1, by="ana", facts=KILLED)
        reject(session, "c3", version=1, by="ana", reason="not_incident")
    page = signed_in("iva")
    page.goto(f"{site.url}/quality/model")
    expect(page.locator("thead th")).to_contain_text(["Proposed", "Public dispute", "Rejected"])
    page.get_by_label("Field").select_option("outcome")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Injured decided as Killed: 1").click()
    expect(page.locator("#cases")).to_have_text("1 proposed as injured, decided as killed")
    case = page.locator("#cases + ul a").first
    expect(case).to_have_text("Public dispute, Novi Pazar, 3 March 2025")
    case.click()
    page.wait_for_url("**/item/c2")
    page.goto(f"{site.url}/quality/model?field=jurisdiction")
    expect(page.locator("tbody th")).to_have_text("Serbia")
    fields = page.get_by_label("Field").locator("option")
    expect(fields).to_contain_text(["Precision of the date", "Jurisdiction", "Precision of the place"])
    expect(fields).to_contain_text(["Perpetrators: role", "Seizure", "Seizure: firearms", "Seizure: where"])
    for wrong in ("field=name", "jurisdiction=GR"):
        assert page.request.get(f"{site.url}/quality/model?{wrong}").status == 400, wrong


def test_the_readers_recall_is_shown_with_its_interval(site: Site, signed_in: SignIn) -> None:
    screen_out(site, *(f"Vest {number}" for number in range(60)))
    with site.database.session() as session:
        session.query(StoredArticle).update({"fetched": func.now()})
        for name in ("c1", "c2"):
            seed.simple(session, name)
            approve(session, name, version=1, by="ana", facts=seed.DISPUTE)
        session.query(StoredArticle).update({"fetched": func.now()})
        for number in range(55):
            article = audit_sample.take(session, "ana")
            assert article is not None
            audit_sample.answer(session, article, "ana", missed=number == 0, content_hash="v1")
    page = signed_in("iva")
    page.goto(f"{site.url}/quality")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)  # all, Serbia, Serbian
    expect(rows.first).to_contain_text("64.7 %")  # 2 of 2 + 60 / 55
    expect(rows.first).to_contain_text("25.5 % to 98.6 %")


def test_an_administrator_sets_the_rules_and_nobody_else(site: Site, signed_in: SignIn) -> None:
    page = signed_in("ada")
    page.goto(f"{site.url}/quality/rules")
    page.get_by_label("Screened-out articles").fill("2,5")
    page.get_by_label("Items that a second person reads").fill("120")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("second_share")
    page.get_by_label("Screened-out articles").fill("2,5")
    page.get_by_label("Items that a second person reads").fill("10")
    page.get_by_label("Every item with a person killed").check()
    page.get_by_label("Suicide", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    with site.database.session() as session:
        assert rules(session) == Rules(0.025, 0.1, ("suicide",), second_fatal=True)
    other = signed_in("boro")
    other.goto(f"{site.url}/quality/rules")
    expect(other.get_by_role("button", name="Save")).to_have_count(0)
    token = other.locator("form.rules input[name=csrf]").get_attribute("value")
    assert other.request.post(f"{site.url}/quality/rules", form={"csrf": token or ""}).status == 403


def test_refused_rules_keep_what_was_typed_and_are_told_in_percent(site: Site, signed_in: SignIn) -> None:
    page = signed_in("ada")
    page.goto(f"{site.url}/quality/rules")
    page.get_by_label("Items that a second person reads").fill("200 %")
    page.get_by_label("Every item with a person killed").check()
    page.get_by_label("Suicide", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("give a percentage from 0 to 100")
    expect(page.get_by_label("Items that a second person reads")).to_have_value("200 %")
    expect(page.get_by_label("Every item with a person killed")).to_be_checked()
    expect(page.get_by_label("Suicide", exact=True)).to_be_checked()
    page.get_by_label("Items that a second person reads").fill("20 %")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    with site.database.session() as session:
        kept = rules(session)
    assert (kept.second_share, kept.second_types, kept.second_fatal) == (0.2, ("suicide",), True)
