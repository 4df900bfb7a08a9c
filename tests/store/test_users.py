from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text, update

from codebook.errors import BadInput
from store.database import Database
from store.schema import AuditEntry, FailedSignIn, SignIn, User
from store.users import (
    ADDRESS_FAILURES,
    FAILURE_WINDOW,
    NAME_FAILURES,
    SESSION_LIFETIME,
    TooManyAttempts,
    add_user,
    create_session,
    create_sign_in_link,
    disable,
    end_session,
    has_administrator,
    redeem,
    session_user,
    set_password,
    verify,
)

PASSWORD = "correct horse battery"
HERE = "192.0.2.1"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    with made.session() as session:
        add_user(session, "ana", "monitor", PASSWORD, by="test")
    yield made
    made.close()


def attempt(database: Database, name: str, password: str, address: str = HERE) -> str | None:
    with database.session() as session:
        user = verify(session, name, password, address=address)
        return user.name if user else None


def test_the_right_password_alone_opens_an_account(database: Database) -> None:
    assert attempt(database, "ana", PASSWORD) == "ana"
    assert attempt(database, "ana", PASSWORD + " ") is None
    assert attempt(database, "nobody", PASSWORD) is None
    assert attempt(database, "x" * 100_000, PASSWORD) is None


def test_no_password_and_no_token_is_stored(database: Database) -> None:
    with database.session() as session:
        tokens = [create_session(session, "ana"), create_sign_in_link(session, "ana", by="test")]
        stored = session.execute(text("select u::text, s::text from users u join sign_ins s on true")).all()
    everything = "".join(part for row in stored for part in row)
    assert "$argon2id$" in everything
    assert not any(secret in everything for secret in [PASSWORD, *tokens])


@pytest.mark.parametrize(
    ("name", "role", "password", "field"),
    [
        ("Ana", "monitor", None, "name"),
        ("", "monitor", None, "name"),
        ("ana\n", "monitor", None, "name"),
        ("ana", "monitor", None, "name"),
        ("boro", "owner", None, "role"),
        ("boro", "monitor", "short", "password"),
        ("boro", "monitor", "x" * 2000, "password"),
    ],
)
def test_a_wrong_account_is_refused_with_its_field(
    database: Database, name: str, role: str, password: str | None, field: str
) -> None:
    with pytest.raises(BadInput) as refusal, database.session() as session:
        add_user(session, name, role, password, by="test")
    assert refusal.value.field == field
    assert "short" not in str(refusal.value)


def test_a_name_waits_after_its_failures_and_others_do_not(database: Database) -> None:
    for number in range(NAME_FAILURES):
        assert attempt(database, "ana", "wrong", f"192.0.2.{number}") is None
    with pytest.raises(TooManyAttempts, match=r"wait \d+ min"):
        attempt(database, "ana", PASSWORD, "192.0.2.200")
    assert attempt(database, "boro", "wrong", "192.0.2.200") is None
    with database.session() as session:
        session.execute(update(FailedSignIn).values(at=FailedSignIn.at - FAILURE_WINDOW))
    assert attempt(database, "ana", PASSWORD) == "ana"


def test_success_forgets_the_failures_of_the_name(database: Database) -> None:
    for _ in range(3):
        for _ in range(NAME_FAILURES - 1):
            assert attempt(database, "ana", "wrong") is None
        assert attempt(database, "ana", PASSWORD) == "ana"


def test_an_address_waits_after_failures_on_many_names(database: Database) -> None:
    with database.session() as session:
        session.add_all(FailedSignIn(subject=f"address {HERE}") for _ in range(ADDRESS_FAILURES))
    with pytest.raises(TooManyAttempts):
        attempt(database, "ana", PASSWORD)
    assert attempt(database, "ana", PASSWORD, "192.0.2.2") == "ana"


def test_a_burst_cannot_outrun_the_limit(database: Database) -> None:
    outcomes: list[str] = []

    def guess() -> None:
        try:
            attempt(database, "ana", "wrong")
            outcomes.append("wrong")
        except TooManyAttempts:
            outcomes.append("refused")

    threads = [threading.Thread(target=guess) for _ in range(NAME_FAILURES + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 3 + ["wrong"] * NAME_FAILURES


def test_a_session_tells_its_person_until_it_ends(database: Database) -> None:
    with database.session() as session:
        first, second = create_session(session, "ana"), create_session(session, "ana")
    with database.session() as session:
        account = session_user(session, first)
        assert account is not None
        assert (account.name, account.role, account.may_decide) == ("ana", "monitor", True)
        assert account.csrf_token
        end_session(session, first)
        assert session_user(session, first) is None
        assert session_user(session, second) is not None
        assert session_user(session, "guessed") is None


def test_a_session_lapses_unless_it_is_used(database: Database) -> None:
    def pass_time(hours: float) -> None:
        with database.session() as session:
            session.execute(update(SignIn).values(expires_at=SignIn.expires_at - dt.timedelta(hours=hours)))

    def alive() -> bool:
        with database.session() as session:
            return session_user(session, token) is not None

    with database.session() as session:
        token = create_session(session, "ana")
    lifetime = SESSION_LIFETIME.total_seconds() / 3600
    for _ in range(3):
        pass_time(lifetime * 0.75)
        assert alive()
    pass_time(lifetime)
    assert not alive()


def test_a_link_opens_one_session(database: Database) -> None:
    with database.session() as session:
        link = create_sign_in_link(session, "ana", by="test")
    with database.session() as session:
        assert session_user(session, link) is None
        token = redeem(session, link)
        assert token is not None
        account = session_user(session, token)
        assert account is not None
        assert account.name == "ana"
        assert redeem(session, link) is None
        assert redeem(session, token) is None


def test_of_two_who_redeem_a_link_at_once_one_gets_in(database: Database) -> None:
    with database.session() as session:
        link = create_sign_in_link(session, "ana", by="test")
    got: list[str | None] = []
    start = threading.Barrier(4)

    def enter() -> None:
        with database.session() as session:
            start.wait()
            got.append(redeem(session, link))

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([token for token in got if token]) == 1


def test_disabling_and_a_new_password_end_what_is_open(database: Database) -> None:
    with database.session() as session:
        token, link = create_session(session, "ana"), create_sign_in_link(session, "ana", by="test")
        set_password(session, "ana", "another long password", by="ada")
        assert session_user(session, token) is None
        assert redeem(session, link) is None
    with database.session() as session:
        token = create_session(session, "ana")
        disable(session, "ana", by="ada")
    with database.session() as session:
        assert session_user(session, token) is None
    assert attempt(database, "ana", "another long password") is None
    with database.session() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["add user", "make sign-in link", "set password", "disable user"]


def test_an_administrator_is_one_who_can_sign_in(database: Database) -> None:
    with database.session() as session:
        assert not has_administrator(session)
        add_user(session, "ada", "administrator", by="test")
        assert has_administrator(session)
        disable(session, "ada", by="test")
        session.flush()
        assert not has_administrator(session)
        assert session.get(User, "ada") is not None


def test_a_closed_account_gets_no_link(database: Database) -> None:
    with database.session() as session:
        disable(session, "ana", by="test")
        with pytest.raises(BadInput, match="closed"):
            create_sign_in_link(session, "ana", by="test")
