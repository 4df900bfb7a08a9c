"""The page of models: for administrators alone; figures side by side; taking, declining and going back, confirmed."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func

from store import model_offers
from store.schema import ModelOffer, StoredArticle
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.reviewed import model_offered


@pytest.fixture
def offer(site: Site) -> int:
    with site.database.session() as session:
        model_offers.failed(session, "m0", "below its floor: overall.type", made_at=seed.PUBLISHED, decisions=30)
        return model_offered(session).id


def chosen(site: Site) -> str | None:
    with site.database.session() as session:
        found = model_offers.in_use(session)
        return found.folder if found else None


def read_by(site: Site, version: str) -> None:
    with site.database.session() as session:
        article = seed.report(session, seed.candidate(session, f"c{version}"), "Vest", "Tekst.")
        session.get_one(StoredArticle, article.id).reader_version = version
        session.get_one(StoredArticle, article.id).read_at = func.now()


def test_an_administrator_takes_a_model_and_goes_back(site: Site, signed_in: Callable[..., Page], offer: int) -> None:
    page = signed_in("ada")
    page.goto(f"{site.url}/system")
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")
    expect(page.get_by_text("Chosen: the model that ships with the program")).to_be_visible()
    expect(page.get_by_text("below its floor: overall.type")).to_be_visible()
    rows = page.locator("section:has(#offers) tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Articles that nobody trains on: 1 better, 1 worse")
    expect(rows.first).to_contain_text("Your decisions that were held out: 1 better, 0 worse")
    expect(rows.last.get_by_role("link", name="Use this model")).to_have_count(0)

    rows.first.get_by_role("link", name="Use this model").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Use this model?")
    page.get_by_role("link", name="Leave it as it is").click()
    assert chosen(site) is None
    page.locator("section:has(#offers) tbody tr").first.get_by_role("link", name="Use this model").click()
    page.get_by_role("button", name="Use this model").click()
    expect(page.get_by_role("status").first).to_have_text("This model reads from now on.")
    assert chosen(site) == "m1"
    expect(page.locator("section:has(#offers) tbody tr").first).to_contain_text("reads now")

    read_by(site, "encoder-5-aaaaaaaaaaaa+linear-5-m1")
    read_by(site, "encoder-5-aaaaaaaaaaaa+linear-5-shipped")
    page.reload()
    working = page.locator("section:has(#reads) tbody tr")
    expect(working.filter(has_text="linear-5-m1")).to_contain_text("Model of 4 March 2025")
    expect(working.filter(has_text="linear-5-shipped")).to_contain_text("A model that ships")

    page.get_by_role("link", name="Go back to the model that ships").click()
    page.get_by_role("button", name="Go back to the model that ships").click()
    expect(page.get_by_role("status").first).to_have_text("The model that ships reads from now on.")
    assert chosen(site) is None
    expect(page.locator("section:has(#offers) tbody tr").first).to_contain_text("was used")


def test_the_figures_stand_side_by_side(site: Site, signed_in: Callable[..., Page], offer: int) -> None:
    page = signed_in("ada")
    page.goto(f"{site.url}/models/{offer}")
    section = page.locator("section").first
    row = section.locator("tbody tr").first
    cells = row.locator("td")
    expect(cells).to_have_text(["Articles that tell an incident: passed on", "0.950", "0.970", "+0.020 better", "253"])
    expect(section.locator("tr", has_text="0.790").first).to_contain_text("−0.020 worse")
    expect(section.locator("tr", has_text="Municipality").first).to_contain_text("same")
    section.get_by_text("By language and type").click()
    expect(section.locator("details tr", has_text="Albanian").first).to_contain_text("0.970")
    expect(section.locator("details tr", has_text="Weapons seizure").last).to_contain_text("0.790")


def test_declining_is_confirmed_and_final(site: Site, signed_in: Callable[..., Page], offer: int) -> None:
    page = signed_in("ada")
    page.goto(f"{site.url}/models/{offer}")
    page.get_by_role("link", name="Decline").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.locator("section:has(#offers) tbody tr").first).to_contain_text("declined by ada")
    page.goto(f"{site.url}/models/{offer}/use")
    page.get_by_role("button", name="Use this model").click()
    expect(page.get_by_role("status").first).to_contain_text("Nothing was changed. This model was declined")
    assert chosen(site) is None


@pytest.mark.parametrize("name", ["ana", "boro", "iva"])
def test_nobody_else_sees_or_chooses_models(site: Site, offer: int, name: str) -> None:
    with httpx.Client(base_url=site.url, follow_redirects=True) as client:
        link = site.link(name).removeprefix(site.url)
        token = client.get(link).text.split('name="csrf" value="')[1].split('"')[0]
        client.post(link, data={"csrf": token})
        system = client.get("/system")
        assert system.status_code == 200
        assert "/models" not in system.text
        own = system.text.split('name="csrf" value="')[1].split('"')[0]
        for address in ("/models", f"/models/{offer}", f"/models/{offer}/use", "/models/shipped"):
            assert client.get(address).status_code == 403
        for address in (f"/models/{offer}/use", f"/models/{offer}/decline", "/models/shipped"):
            assert client.post(address, data={"csrf": own}).status_code == 403
    with site.database.session() as session:
        assert session.get_one(ModelOffer, offer).state == "offered"


def test_what_is_not_there_is_not_found(site: Site, signed_in: Callable[..., Page], offer: int) -> None:
    page = signed_in("ada")
    for address, status in (
        ("/models/99", 404),
        ("/models/99/use", 404),
        (f"/models/{offer}/sell", 400),
        ("/models/x", 400),
    ):
        answer = page.goto(site.url + address)
        assert answer is not None
        assert answer.status == status, address
