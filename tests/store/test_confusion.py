"""What was proposed against what was decided."""

from __future__ import annotations

import datetime as dt

import pytest

from codebook.records import Facts, Perpetrator, Seizure, Victim
from store.confusion import FIELDS, Confusion, Decided, confusion, decided_items, matched, pairs
from store.database import Database
from store.decisions import approve, reject
from store.progress import progress
from store.schema import Candidate
from tests.review_ui import seed

ALWAYS = (dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2999, 1, 1, tzinfo=dt.UTC))


def test_lists_are_matched_whatever_their_order() -> None:
    assert matched(["male", "female"], ["female", "male"]) == [("male", "male"), ("female", "female")]
    assert matched(["male", "male"], ["male", "female"]) == [("male", "male"), ("male", "female")]
    assert matched([], ["female"]) == [("", "female")]
    assert matched(["male", "male"], ["male"]) == [("male", "male"), ("male", "")]


def test_the_table_counts_cases_and_opens_them(database: Database) -> None:
    two = (Victim(sex="female", outcome="killed"), Victim(sex="male", age=34, outcome="injured"))
    corrected = seed.DISPUTE.model_copy(
        update={"incident_type": "criminal_context", "place": "Tutin", "place_id": "RS-tutin", "victims": two}
    )
    with database.session() as session:
        for name in ("same", "corrected", "rejected", "open"):
            seed.simple(session, name)
        approve(session, "same", version=1, by="ana", facts=seed.DISPUTE)
        approve(session, "corrected", version=1, by="ana", facts=corrected)
        reject(session, "rejected", version=1, by="ana", reason="not_incident")
        session.flush()
        items = list(decided_items(session, *ALWAYS))
        assert {item.candidate_id for item in items} == {"same", "corrected", "rejected"}
        of_type = confusion(items, FIELDS["incident_type"])
        assert of_type.cells == {
            ("public_dispute", "public_dispute"): 1,
            ("public_dispute", "criminal_context"): 1,
            ("public_dispute", "rejected"): 1,
        }
        assert (of_type.total, of_type.same, of_type.proposed) == (3, 1, ["public_dispute"])
        assert of_type.decided == ["public_dispute", "criminal_context", "rejected"]
        assert confusion(items, FIELDS["outcome"]).cells == {("injured", "injured"): 2, ("", "killed"): 1}
        assert confusion(items, FIELDS["place"]).cells == {("given", "given"): 1, ("given", "another"): 1}
        (case,) = [item for item in items if ("", "killed") in pairs(item, FIELDS["outcome"])]
        assert (case.candidate_id, case.proposed.place) == ("corrected", "Novi Pazar")
        assert case.incident_id is not None
        for field in FIELDS.values():
            assert isinstance(confusion(items, field), Confusion)


def _item(proposed: Facts, decided: Facts) -> Decided:
    return Decided("c1", "i1", proposed, decided)


def test_a_subtype_is_compared_where_the_type_has_any() -> None:
    plain, robbery = (Facts(incident_type="criminal_context", subtype=subtype) for subtype in (None, "armed_robbery"))
    assert pairs(_item(robbery, robbery), FIELDS["subtype"]) == [("armed_robbery", "armed_robbery")]
    assert pairs(_item(plain, robbery), FIELDS["subtype"]) == [("none", "armed_robbery")]
    assert pairs(_item(robbery, seed.DISPUTE), FIELDS["subtype"]) == [("armed_robbery", "none")]
    assert pairs(_item(seed.DISPUTE, seed.DISPUTE), FIELDS["subtype"]) == []


@pytest.mark.parametrize(
    ("proposed", "decided", "told"),
    [
        ([34, None], [None, 34], [("given", "given"), ("none", "none")]),
        ([34], [43], [("given", "another")]),
        ([34], [None], [("given", "none")]),
        ([None], [34], [("none", "another")]),
        ([34], [], [("given", "")]),
        ([34], [34, 7], [("given", "given"), ("", "given")]),
        ([], [None], [("", "none")]),
    ],
)
def test_an_age_is_the_same_or_another_or_missing(
    proposed: list[int | None], decided: list[int | None], told: list[tuple[str, str]]
) -> None:
    before, after = (
        Facts(
            incident_type="other",
            victims=tuple(Victim(age=age) for age in ages),
            perpetrators=tuple(Perpetrator(age=age) for age in ages),
        )
        for ages in (proposed, decided)
    )
    for name in ("victim_age", "perpetrator_age"):
        assert sorted(pairs(_item(before, after), FIELDS[name])) == sorted(told)


def test_every_field_of_the_incident_is_compared_in_the_order_of_the_codebook() -> None:
    """Unless another tells it (of a place the name) or it is a list, whose parts have their own."""
    told, lists = {"place_id", "latitude", "longitude"}, {"weapons", "victims", "perpetrators"}
    own = [name for name in Facts.model_fields if name not in told | lists]
    assert [name for name in FIELDS if name in own] == own
    order = list(FIELDS)
    for name, before, after in (("weapon", "place_type", "possession"), ("role", "relation", "perpetrator_sex")):
        assert order[order.index(before) + 1] == name
        assert order[order.index(name) + 1] == after


SEIZED = Facts(incident_type="weapons_seizure", seizure=Seizure(firearms=4, rounds=90, where="border"))


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("jurisdiction", seed.DISPUTE, seed.DISPUTE.model_copy(update={"jurisdiction": "BA"}), [("RS", "BA")]),
        ("jurisdiction", SEIZED, seed.DISPUTE, [("none", "RS")]),
        ("date_precision", SEIZED, seed.DISPUTE, [("unknown", "day")]),
        ("geo_precision", seed.DISPUTE, SEIZED, [("1", "3")]),
        ("seizure", SEIZED, SEIZED, [("given", "given")]),
        ("seizure", SEIZED, seed.DISPUTE, [("given", "none")]),
        ("firearms", SEIZED, SEIZED, [("given", "given")]),
        ("rounds", SEIZED, SEIZED.model_copy(update={"seizure": Seizure(rounds=91)}), [("given", "another")]),
        ("explosives", SEIZED, SEIZED.model_copy(update={"seizure": Seizure(explosives=0)}), [("none", "another")]),
        ("seizure_where", SEIZED, SEIZED, [("border", "border")]),
        ("seizure_where", seed.DISPUTE, SEIZED, [("", "border")]),
        ("seizure_where", seed.DISPUTE, seed.DISPUTE, []),
        ("firearms", SEIZED, seed.DISPUTE, [("given", "")]),
    ],
)
def test_what_is_told_of_a_field(name: str, before: Facts, after: Facts, told: list[tuple[str, str]]) -> None:
    assert pairs(_item(before, after), FIELDS[name]) == told


def test_a_perpetrators_role_is_matched_whatever_the_order() -> None:
    before, after = (
        Facts(incident_type="other", perpetrators=tuple(Perpetrator(role=role) for role in roles))
        for roles in (("perpetrator", "accomplice"), ("instigator", "perpetrator"))
    )
    told = [("perpetrator", "perpetrator"), ("accomplice", "instigator")]
    assert pairs(_item(before, after), FIELDS["role"]) == told


def test_the_progress_is_that_of_the_day(database: Database) -> None:
    now = dt.datetime.now(dt.UTC)
    with database.session() as session:
        for name in ("today", "before", "old", "new"):
            seed.simple(session, name)
        for name in ("today", "before"):
            reject(session, name, version=1, by="ana", reason="not_incident")
        session.get_one(Candidate, "before").decided_at = now - dt.timedelta(days=2)
        session.get_one(Candidate, "old").created_at = now - dt.timedelta(days=9)
        session.flush()
        found = progress(session, now)
        assert (found.decided, found.read_once, found.audited) == (1, 0, 0)
        assert found.oldest == now - dt.timedelta(days=9)
