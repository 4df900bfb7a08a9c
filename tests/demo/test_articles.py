"""The demonstration's articles: enough of every kind, labelled by the codebook, told by the text itself."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import Any

import pytest

from avmp.demo.outlets import Outlet, articles, outlets
from codebook.codes import code_list
from codebook.records import Facts

OUTLETS = outlets()
ARTICLES = tuple(itertools.chain.from_iterable(articles(outlet.id) for outlet in OUTLETS))
every_outlet = pytest.mark.parametrize("outlet", OUTLETS, ids=[outlet.id for outlet in OUTLETS])

LABEL_ONLY = {"event_key", "evidence"}
JURISDICTIONS = set(code_list("jurisdiction").codes)


def incidents() -> list[dict[str, Any]]:
    return [incident for article in ARTICLES for incident in article.labels["incidents"]]


def facts(incident: dict[str, Any]) -> Facts:
    fields = {name: value for name, value in incident.items() if name not in LABEL_ONLY}
    return Facts(**fields, date_precision="day" if incident["date"] else "unknown")


def test_outlets_cover_the_region() -> None:
    assert 10 <= len(OUTLETS) <= 12
    assert {outlet.jurisdiction for outlet in OUTLETS} == JURISDICTIONS
    assert {outlet.kind for outlet in OUTLETS} == {"media", "official"}
    assert len({outlet.address for outlet in OUTLETS}) == len(OUTLETS)
    assert {feed.kind for outlet in OUTLETS for feed in outlet.feeds} == {"rss", "atom", "sitemap"}


def test_articles_cover_languages_and_scripts() -> None:
    told = {(article.labels["lang"], article.labels["script"]) for article in ARTICLES}
    assert told == {
        ("sq", "Latn"), ("sr", "Latn"), ("sr", "Cyrl"), ("bs", "Latn"), ("cnr", "Latn"),
        ("mk", "Cyrl"), ("ro", "Latn"), ("ru", "Cyrl"), ("en", "Latn"),
    }  # fmt: skip


def test_there_are_enough_articles_and_incidents() -> None:
    telling = [article for article in ARTICLES if article.labels["relevant"]]
    events = {incident["event_key"] for incident in incidents()}
    assert len(ARTICLES) >= 95
    assert len(telling) >= 55
    assert len(ARTICLES) - len(telling) >= 35
    assert len(events) >= 40
    assert {incident["jurisdiction"] for incident in incidents()} == JURISDICTIONS


def test_every_type_and_subtype_occurs() -> None:
    assert {incident["incident_type"] for incident in incidents()} == set(code_list("incident_type").codes)
    subtypes = {incident["subtype"] for incident in incidents()} - {None}
    assert subtypes == set(code_list("subtype").codes)


def test_round_ups_mix_incidents_with_other_news() -> None:
    assert sum(len(article.labels["incidents"]) > 1 for article in ARTICLES) >= 3


def test_events_are_told_by_several_outlets_in_several_languages() -> None:
    tellings: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for article in ARTICLES:
        for incident in article.labels["incidents"]:
            tellings[incident["event_key"]].add((article.outlet, article.labels["lang"]))
    assert sum(len({outlet for outlet, _ in told}) >= 2 for told in tellings.values()) >= 12
    assert sum(len({lang for _, lang in told}) >= 2 for told in tellings.values()) >= 8


@every_outlet
def test_labels_follow_the_codebook(outlet: Outlet) -> None:
    for article in articles(outlet.id):
        labels = article.labels
        assert labels["outlet"] == outlet.id
        assert labels["source_jurisdiction"] == outlet.jurisdiction
        assert labels["relevant"] == bool(labels["incidents"]) == (labels["reason"] is None)
        assert labels["reason"] is None or labels["reason"] in code_list("irrelevance_reason")
        assert (labels["event_key"] is None) == (not labels["relevant"])
        for incident in labels["incidents"]:
            told = facts(incident)
            assert told.date is None or told.date <= article.published.date()
            assert incident["event_key"].startswith(incident["jurisdiction"])


@every_outlet
def test_evidence_stands_in_the_article(outlet: Outlet) -> None:
    for article in articles(outlet.id):
        for incident in article.labels["incidents"]:
            evidence = incident["evidence"]
            assert len(evidence["victims"]) == len(incident["victims"])
            assert len(evidence["perpetrators"]) == len(incident["perpetrators"])
            for value in evidence.values():
                for words in [value] if isinstance(value, str) else value or []:
                    assert words in article.title or words in article.text, article.slug


def test_articles_of_one_event_agree_on_where_and_what() -> None:
    seen: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for incident in incidents():
        agreed = incident["jurisdiction"], incident["place"], incident["incident_type"], str(incident["date"])
        seen[incident["event_key"]][agreed] += 1
    assert {key: told for key, told in seen.items() if len(told) > 1} == {}


def test_articles_are_of_one_fortnight_and_of_news_length() -> None:
    for article in ARTICLES:
        assert (article.published.year, article.published.month) == (2026, 9)
        assert 1 <= article.published.day <= 14
        assert 50 <= len(article.text.split()) <= 260


def test_ids_and_slugs_are_unique_within_the_demonstration() -> None:
    assert len({article.labels["id"] for article in ARTICLES}) == len(ARTICLES)
    assert len({(article.outlet, article.slug) for article in ARTICLES}) == len(ARTICLES)
    assert all(article.slug.isascii() for article in ARTICLES)
