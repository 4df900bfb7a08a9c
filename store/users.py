"""Accounts, passwords, sessions and single-use sign-in links.

Tokens of sessions and links are 256 random bits; the database holds their SHA-256 alone, so that a copy of it opens
no account. Passwords are argon2id hashes with the library's parameters (RFC 9106, low-memory profile).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from codebook.errors import AvmpError, BadInput
from store import audit
from store.curation import database_time
from store.schema import FailedSignIn, SignIn, User

ROLES = ("monitor", "validator", "analyst", "administrator")
DECIDING_ROLES = frozenset({"monitor", "validator", "administrator"})
"""Who may decide on candidates; an analyst reads."""

PASSWORD_LENGTH = range(10, 1025)
"""Characters of a password: NIST SP 800-63B asks for 8 at least and no rules of composition; the upper end bounds
the cost of hashing what a stranger sends."""

SESSION_LIFETIME = dt.timedelta(hours=12)
"""Counted from the last use: a working day with its breaks, and no sign-in the next morning is left open."""

LINK_LIFETIME = dt.timedelta(hours=24)

FAILURE_WINDOW = dt.timedelta(minutes=15)
NAME_FAILURES = 5
ADDRESS_FAILURES = 30
"""Failed attempts in `FAILURE_WINDOW` after which a name, or an address, has to wait. A whole office may share one
address. A name can be locked from outside; a sign-in link still opens its account."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe())
"""Verified when there is no such account, so that the time of an answer does not tell which names exist."""


class TooManyAttempts(AvmpError):
    """Sign-in was refused without looking at the password."""


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-in person. Every form they send carries `csrf_token`."""

    name: str
    role: str
    csrf_token: str

    @property
    def may_decide(self) -> bool:
        return self.role in DECIDING_ROLES


def add_user(session: Session, name: str, role: str, password: str | None = None, *, by: str) -> User:
    """A new account; without a password only a sign-in link opens it.

    Raises:
        BadInput: the name is taken or malformed, there is no such role, or the password is too short.
    """
    require_free_name(session, name)
    require_role(role, "user", "role")
    user = User(name=name, role=role, password_hash=None if password is None else _hashed(password))
    session.add(user)
    session.flush()
    audit.record(session, by, "add user", ("user", name), after={"role": role})
    return user


def require_free_name(session: Session, name: str) -> None:
    """Raises `BadInput` when no account can have this name, or one has it."""
    if not _NAME.fullmatch(name):
        raise BadInput("user", "name", name, "use small letters, digits, dots, dashes and underscores, up to 64")
    if session.get(User, name) is not None:
        raise BadInput("user", "name", name, "choose another name, this one is taken")


def require_role(role: str, where: str, field: str) -> None:
    """Raises `BadInput` that names `where` and `field` when there is no such role."""
    if role not in ROLES:
        raise BadInput(where, field, role, f"use one of {', '.join(ROLES)}")


def set_password(session: Session, name: str, password: str, *, by: str) -> None:
    """Give an account a new password and end its sessions and links.

    Raises:
        BadInput: there is no such account, or the password is too short.
    """
    user = _existing(session, name)
    user.password_hash = _hashed(password)
    _end_sign_ins(session, name)
    audit.record(session, by, "set password", ("user", name))


def disable(session: Session, name: str, *, by: str) -> None:
    """Close an account at once, with its sessions and links. What it decided stays under its name.

    Raises:
        BadInput: there is no such account.
    """
    _existing(session, name).disabled_at = database_time(session)
    _end_sign_ins(session, name)
    audit.record(session, by, "disable user", ("user", name))


def users(session: Session) -> Sequence[User]:
    """All accounts by name, disabled ones included."""
    return session.scalars(select(User).order_by(User.name)).all()


def has_administrator(session: Session) -> bool:
    """Whether an administrator exists who can sign in."""
    found = select(User.name).where(User.role == "administrator", User.disabled_at.is_(None)).limit(1)
    return session.scalar(found) is not None


def verify(session: Session, name: str, password: str, *, address: str) -> User | None:
    """The account that this name and password open, or null; a failure counts against the name and the address.

    Attempts on one name wait for one another, so that a burst cannot outrun the count.

    Raises:
        TooManyAttempts: the limit of failures is reached; the line says how long to wait.
    """
    name = name if _NAME.fullmatch(name) else ""
    subjects = {f"name {name}": NAME_FAILURES, f"address {address}": ADDRESS_FAILURES}
    for subject in sorted(subjects):
        session.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": subject})
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < func.now() - FAILURE_WINDOW))
    for subject, limit in subjects.items():
        _refuse_beyond(session, subject, limit)
    user = session.get(User, name)
    usable = user is not None and user.disabled_at is None and user.password_hash is not None
    if _matches(user.password_hash if user and usable else None, password) and usable:
        session.execute(delete(FailedSignIn).where(FailedSignIn.subject == f"name {name}"))
        return user
    session.add_all(FailedSignIn(subject=subject) for subject in subjects)
    return None


def create_session(session: Session, name: str) -> str:
    """Start a session of an account; the token for its cookie."""
    return _issue(session, name, "session", SESSION_LIFETIME)


def session_user(session: Session, token: str) -> Account | None:
    """The person behind a session's token, or null when it has ended. Use prolongs it."""
    found = session.execute(
        select(SignIn, User, func.now())
        .join(User, User.name == SignIn.user_name)
        .where(
            SignIn.token_hash == _token_hash(token),
            SignIn.kind == "session",
            SignIn.expires_at > func.now(),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    sign_in, user, now = found
    if sign_in.expires_at - now < SESSION_LIFETIME / 2:
        sign_in.expires_at = now + SESSION_LIFETIME
    return Account(user.name, user.role, sign_in.csrf_token or "")


def end_session(session: Session, token: str) -> None:
    """Sign out: the token opens nothing any more."""
    session.execute(delete(SignIn).where(SignIn.token_hash == _token_hash(token)))


def create_sign_in_link(session: Session, name: str, *, by: str) -> str:
    """The token of a link that signs an account in once, within `LINK_LIFETIME`.

    Raises:
        BadInput: there is no such account, or it is closed.
    """
    if _existing(session, name).disabled_at is not None:
        raise BadInput("user", "name", name, "this account is closed: make another with `avmp user add`")
    audit.record(session, by, "make sign-in link", ("user", name))
    return _issue(session, name, "link", LINK_LIFETIME)


def redeem(session: Session, token: str) -> str | None:
    """Use up a sign-in link: the token of the session it opens, or null when it was used or has expired.

    Of two at the same moment one gets the session.
    """
    name = session.scalar(
        delete(SignIn)
        .where(SignIn.token_hash == _token_hash(token), SignIn.kind == "link", SignIn.expires_at > func.now())
        .returning(SignIn.user_name)
    )
    user = session.get(User, name) if name else None
    return create_session(session, user.name) if user and user.disabled_at is None else None


def _existing(session: Session, name: str) -> User:
    user = session.get(User, name, with_for_update=True)
    if user is None:
        raise BadInput("user", "name", name, "use a name that has an account, or make it with `avmp user add`")
    return user


def _hashed(password: str) -> str:
    if len(password) not in PASSWORD_LENGTH:
        shortest, longest = PASSWORD_LENGTH.start, PASSWORD_LENGTH.stop - 1
        raise BadInput("user", "password", "…", f"choose one of {shortest} to {longest} characters")
    return _hasher.hash(password)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _NOBODY, password[: PASSWORD_LENGTH.stop])
    except (VerifyMismatchError, InvalidHashError):
        return False


def _refuse_beyond(session: Session, subject: str, limit: int) -> None:
    count, oldest, now = session.execute(
        select(func.count(), func.min(FailedSignIn.at), func.now()).where(FailedSignIn.subject == subject)
    ).one()
    if count >= limit:
        minutes = max(1, round((oldest + FAILURE_WINDOW - now).total_seconds() / 60))
        raise TooManyAttempts(
            "too many failed attempts: wait %(minutes)s min, or ask for a sign-in link", minutes=minutes
        )


def _issue(session: Session, name: str, kind: str, lifetime: dt.timedelta) -> str:
    session.execute(delete(SignIn).where(SignIn.expires_at <= func.now()))
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=_token_hash(token),
            kind=kind,
            user_name=name,
            csrf_token=secrets.token_urlsafe(32),
            expires_at=func.now() + lifetime,
        )
    )
    session.flush()
    return token


def _end_sign_ins(session: Session, name: str) -> None:
    session.execute(delete(SignIn).where(SignIn.user_name == name))


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
