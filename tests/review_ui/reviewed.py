"""What the pages of quality show: articles drawn for the audit, an item that two people read differently."""

from __future__ import annotations

from sqlalchemy.orm import Session

from codebook.records import Victim
from store import model_offers
from store.review_rules import Rules, rules, set_rules
from store.schema import ModelOffer, StoredArticle, StoredMention
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


def model_offered(session: Session, folder: str = "m1", decisions: int = 41) -> ModelOffer:
    """A model that finds more, types worse, and does the rest as the one in use."""

    def scores(articles: int, found: float, typed: float) -> dict[str, object]:
        table = {
            "relevance_recall": {"value": found, "n": articles},
            "type": {"value": typed, "n": articles},
            "place": {"value": 0.9, "n": articles},
        }
        return {
            "articles": articles,
            "overall": table,
            "by_language": {"sr": table, "sq": table},
            "by_type": {"suicide": table, "weapons_seizure": table},
        }

    before = {"dev": scores(253, 0.95, 0.81), "stream": scores(3300, 0.95, 0.81)}
    after = {"dev": scores(253, 0.97, 0.79), "stream": scores(3300, 0.97, 0.81), "decisions": scores(9, 1.0, 0.8)}
    return model_offers.offer(
        session,
        folder,
        f"encoder-5-aaaaaaaaaaaa+linear-5-{folder}",
        made_at=seed.PUBLISHED,
        decisions=decisions,
        before=before | {"decisions": scores(9, 0.9, 0.8)},
        after=after,
    )
