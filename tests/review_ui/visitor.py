"""A person's session without a browser: requests as a browser sends them, and as none would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from review_ui.access import CSRF_FIELD
from store.users import create_session, session_user
from tests.review_ui.conftest import Site


@contextmanager
def visitor(site: Site, name: str | None) -> Iterator[tuple[httpx.Client, dict[str, str]]]:
    """A client with a session of the account and the token of its forms; without a name nobody is signed in."""
    cookies, token = {}, ""
    if name is not None:
        with site.database.session() as session:
            cookies = {"avmp_session": create_session(session, name)}
            account = session_user(session, cookies["avmp_session"])
        assert account is not None
        token = account.csrf_token
    with httpx.Client(base_url=site.url, cookies=cookies, timeout=120) as client:
        yield client, {CSRF_FIELD: token}
