"""The map shows the place that stands in the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from codebook.gazetteer import gazetteer
from review_ui.form import FormValues, proposed
from review_ui.region_map import on_map, region_map
from review_ui.typed_map import typed_map
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start


def typed(**plain: str) -> FormValues:
    values = proposed(seed.DISPUTE)
    return replace(values, plain={**values.plain, **plain})


def test_an_untouched_place_is_on_the_map_as_it_was_read() -> None:
    assert typed_map(typed(date=""), seed.DISPUTE) == region_map(seed.DISPUTE)


def test_a_place_that_is_known_has_its_own_dot() -> None:
    shown = typed_map(typed(place="Tetovo", jurisdiction="MK"), seed.DISPUTE)
    place = gazetteer().municipality_of(gazetteer().lookup("Tetovo", "MK")[0])
    assert (shown.dot, shown.label) == (on_map(place.longitude, place.latitude), "Tetovo: the municipality")
    assert shown.area != region_map(seed.DISPUTE).area


@pytest.mark.parametrize(
    ("plain", "label"),
    [
        ({"place": "Nigdina"}, "Nigdina: not found in this jurisdiction"),
        ({"jurisdiction": "AL"}, "Novi Pazar: not found in this jurisdiction"),
        ({"jurisdiction": ""}, "as typed"),
        ({"geo_precision": "3"}, "as typed"),
        ({"geo_precision": "2"}, "Novi Pazar: somewhere in this region"),
        ({"place": ""}, "somewhere in the jurisdiction"),
        ({"place": "", "jurisdiction": ""}, "place unknown"),
    ],
)
def test_without_a_municipality_there_is_no_dot(plain: dict[str, str], label: str) -> None:
    shown = typed_map(typed(**plain), seed.DISPUTE)
    assert (shown.dot, shown.label) == (None, label)


def test_a_place_that_was_refused_does_not_stand_where_the_old_one_was(
    site: Site, signed_in: Callable[..., Page]
) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    start(page)
    expect(page.locator(".map .dot")).to_be_visible()
    area = page.locator(".map .area").get_attribute("d")
    page.get_by_label("Municipality").fill("Nigdina")
    page.locator("#f-jurisdiction").select_option("AL")
    page.locator("#approve").click()
    expect(page.locator("#wrong-place")).to_be_visible()
    expect(page.locator(".map .dot")).to_be_hidden()
    expect(page.locator(".map figcaption")).to_have_text("Nigdina: not found in this jurisdiction")
    assert page.locator(".map .area").get_attribute("d") != area


def test_a_name_that_no_place_has_is_told_while_it_is_typed(site: Site, signed_in: Callable[..., Page]) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    start(page)
    caption = page.locator(".map figcaption")
    page.get_by_label("Municipality").fill("Nigdina")
    expect(caption).to_have_text("Nigdina: not found in this jurisdiction")
    page.get_by_label("Municipality").fill("Tutin")
    expect(caption).to_have_text("as typed")
