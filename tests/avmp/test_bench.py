"""`avmp bench` measures what it names. Shortened: what the figures are is not for a test to say."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from avmp.bench import approving, forward, line, queue, rates, stream
from avmp.bench.crawl import figures, peers
from avmp.bench.crawl.corpus import hosts
from avmp.bench.crawl.extraction import token_f1
from avmp.bench.crawl.ours import crawled
from avmp.bench.crawl.server import Logged
from avmp.bench.crawl.serving import most_connections, served, shortest_gap
from avmp.bench.measures import reading_figures


def test_every_figure_of_reading_is_measured_but_of_pytorch_where_it_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rates, "SECONDS", 0.01)
    for name, value in (("MESSAGES", 200), ("BATCH", 50), ("SINGLE", 5)):
        monkeypatch.setattr(line, name, value)
    monkeypatch.setattr(stream, "LENGTH", 40)
    monkeypatch.setattr(stream, "WARMING", 20)
    monkeypatch.setattr(forward, "NEEDED", ("torch_that_is_not_there",))
    measured = reading_figures()
    stages = ("gate", "read", "link", "whole")
    of_day = ("day_gate", "day_linear", "day_encoder", "day_encoder_forward", "day_read_one_process", "day_read")
    every = ("json_parse", *stages, "day_json_parse", *of_day, "bus_publish", "bus_receive")
    expected = {f"{name}_per_second" for name in every} | {"day_memory_mb"}
    expected |= {f"{name}_to_json_parse" for name in stages} | {f"{name}_to_day_json_parse" for name in of_day}
    expected |= {"bus_latency_median_ms", "bus_latency_p99_ms"}
    assert set(measured) == expected
    assert all(value > 0 for value in measured.values())
    said = [message for message in caplog.messages if "PyTorch" in message]
    assert said == ["the encoder in PyTorch is left out: not installed: torch_that_is_not_there (the train extra)"]


def test_every_figure_of_the_queue_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "SIZES", (10, 40))
    monkeypatch.setattr(queue, "REPORTS", 6)
    measured = queue.link_figures()
    rows = (*((size, queue.A_DAY) for size in queue.SIZES), (10, queue.A_DENSE_DAY))
    medians = [measured.pop(f"link_one_among_{size}_at_{a_day}_a_day_ms") for size, a_day in rows]
    assert all(median > 0 for median in medians)
    assert set(measured) == {"link_one_growth_exponent"}


def test_items_are_approved_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("OPEN", 12), ("APPROVED", 4), ("FIRST", 1)):
        monkeypatch.setattr(approving, name, value)
    measured = approving.approving_figures()
    assert set(measured) == {
        "approve_among_12_ms", "approve_and_see_the_next_among_12_ms", "approve_and_see_the_next_among_12_at_most_ms"
    }  # fmt: skip
    saved, shown, slowest = measured.values()
    assert 0 < saved < shown <= slowest


@pytest.mark.slow
def test_every_figure_of_crawling_is_measured_but_of_a_peer_that_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in (("HOSTS", 3), ("ARTICLES_EACH", 2), ("POLITE_HOSTS", 2), ("POLITE_ARTICLES", 2)):
        monkeypatch.setattr(figures, name, value)
    monkeypatch.setattr(figures, "MANY_HOSTS", 5)
    monkeypatch.setattr(figures, "POLITE_GAP", 0.2)
    monkeypatch.setattr(peers, "ENVIRONMENTS", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with caplog.at_level(logging.WARNING, peers.__name__):
        measured = figures.crawl_figures()
    crawlers = {
        f"{name}_{unit}" for name in ("crawl", "crawl_bare_scrapy") for unit in ("per_second", "cpu_ms_per_page")
    }
    manners = {f"crawl_polite_{what}" for what in ("connections_at_once", "gap_s", "shortest_gap_s")}
    many = {f"crawl_many_sources{what}" for what in ("", "_pages", "_memory_mb")}
    extraction = {"extraction_f1", "extraction_f1_trafilatura_precision"}
    assert set(measured) == crawlers | {"crawl_to_bare_scrapy"} | manners | many | extraction
    assert all(value > 0 for value in measured.values())
    assert measured["crawl_many_sources"] == 5
    assert measured["crawl_many_sources_pages"] == 10
    assert measured["extraction_f1"] >= max(0.97, measured["extraction_f1_trafilatura_precision"])
    (said,) = caplog.messages
    assert said.startswith("news-please is left out: it could not be installed")
    assert "\n" not in said


def test_a_crawl_keeps_its_manners_as_the_hosts_see_them() -> None:
    with served(4, 6) as serving:
        account = crawled(serving.offer.registry, min_gap_seconds=0.3)
    assert account.summary.new == 24
    assert most_connections(serving.log) == 1
    assert shortest_gap(serving.log) >= 0.3


def test_all_crawlers_race_over_every_article() -> None:
    with served(12, 3) as serving:
        account = crawled(serving.offer.registry, min_gap_seconds=0)
        bare = peers.bare_scrapy(serving.offer)
    assert account.summary.new == bare.articles == len(serving.offer.articles) == 36


@pytest.mark.slow
def test_a_thousand_sources_fit_into_600_megabytes() -> None:
    with served(1000, 2) as serving:
        account = crawled(serving.offer.registry, min_gap_seconds=0)
    assert (account.summary.polls, account.summary.new) == (1000, 2000)
    assert account.memory_mb < 600


def test_the_measured_pages_are_the_same_each_time_and_weigh_what_news_pages_do() -> None:
    once, again = (list(hosts(12, 3, 80)) for _ in range(2))
    assert [host.pages for host in once] == [host.pages for host in again]
    weights = [len(page.body) for host in once for page in host.pages.values() if "html" in page.content_type]
    assert min(weights) > 20_000


def test_the_log_tells_gaps_and_connections_of_each_host_apart() -> None:
    log = [
        Logged(0.0, "open", "a", 1, ""),
        Logged(0.1, "open", "b", 2, ""),
        Logged(0.2, "request", "a", 1, "/"),
        Logged(0.3, "request", "b", 2, "/"),
        Logged(0.9, "request", "a", 1, "/x"),
        Logged(1.0, "close", "a", 1, ""),
        Logged(1.1, "open", "a", 3, ""),
        Logged(1.6, "request", "b", 2, "/x"),
    ]
    assert most_connections(log) == 1
    assert shortest_gap(log) == pytest.approx(0.7)
    assert most_connections([*log, Logged(1.7, "open", "a", 4, "")]) == 2


def test_words_found_and_told_are_compared_as_often_as_they_stand_there() -> None:
    assert token_f1("a b", "a b") == 1
    assert token_f1("", "a b") == 0
    assert token_f1("a a b", "a b b") == pytest.approx(2 / 3)
