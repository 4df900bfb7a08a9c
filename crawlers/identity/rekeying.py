"""Known addresses brought to today's rules.

An article keeps its id for ever; what changes with the rules is the form under which its addresses are looked up. So
when the rules are not those that were last applied, every address an article was found under is written once more, in
today's form. History (outcomes, archive) stays as it was written.
"""

from __future__ import annotations

import datetime as dt
import logging

from crawlers.identity.address_rules import fingerprint
from crawlers.identity.normal_form import NotAnAddress, normalised
from crawlers.identity.settling import mark
from store import identities
from store.database import Database

log = logging.getLogger(__name__)


def bring_up_to_date(database: Database) -> None:
    """Makes every known article findable under today's form of its addresses, and recent ones comparable. Does nothing
    when it was done for these rules.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    rules = fingerprint()
    with database.session() as session:
        if identities.follows(session, rules):
            return
        log.info("the rules for addresses have changed: looking through the addresses of known articles")
        for known in identities.known_addresses(session):
            # backwards, so that of two articles with one form the first keeps it
            forms = {form: article_id for url, article_id in reversed(known) if (form := _form(url))}
            identities.note_forms(session, forms)
        since = dt.datetime.now(dt.UTC) - dt.timedelta(days=identities.NEAR_DAYS)
        for article in identities.unmarked(session, since):
            mark(session, article)
        identities.note_rules(session, rules)


def _form(url: str) -> str | None:
    try:
        return normalised(url)
    except NotAnAddress:
        return None
