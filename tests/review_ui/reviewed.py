"""What the pages of quality show: articles drawn for the audit, an item that two people read differently."""

from __future__ import annotations

from sqlalchemy.orm import Session

from codebook.records import Victim
from store.review_rules import Rules, rules, set_rules
from store.schema import StoredArticle, StoredMention
from store.second_reading import approve
from store.users import add_user
from tests.review_ui import seed

KILLED = seed.DISPUTE.model_copy(update={"victims": (Victim(sex="male", age=34, outcome="killed"),)})
NIGHT = seed.DISPUTE.model_copy(update={"time_of_day": "night"})


def screened_out(session: Session, *titles: str) -> list[StoredArticle]:
    """Articles without an incident, all of them drawn for the audit from now on."""
    set_rules(session, Rules(audit_share=1.0), by="ada")
    made = seed.candidate(session, "gone")
    articles = [seed.report(session, made, title, "Tekst bez događaja.") for title in titles]
    for article in articles:
        article.relevant, article.relevance, article.irrelevance_reason = False, 0.1, "no_firearm"
    session.query(StoredMention).filter_by(candidate_id=made.id).delete()
    session.delete(made)
    session.flush()
    return articles


def disputed(session: Session, candidate_id: str) -> None:
    """An item that ana and cveta have read differently, in time of day and victims; the rules are as before."""
    before = rules(session)
    add_user(session, "cveta", "monitor", by="test")
    set_rules(session, Rules(audit_share=0.0, second_share=1.0), by="ada")
    seed.simple(session, candidate_id)
    approve(session, candidate_id, version=1, by="ana", facts=KILLED)
    approve(session, candidate_id, version=1, by="cveta", facts=NIGHT)
    set_rules(session, before, by="ada")
