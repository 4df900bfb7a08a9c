"""What else tells that two pages are one article, and which articles are near copies of others."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt


class ArticleAddress(Base):
    """An address, in its normal form, under which an article was found: where its feed pointed, or where that led."""

    __tablename__ = "article_addresses"

    address: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id"), index=True)


class ArticleMark(Base):
    """By what an article is compared with others.

    `title_key` is the same for one title in either script; `bands` are numbers of which two texts with most words in
    common have some in common. `resembles` is the article that most of this one's words stand in (wire copy), and
    `likeness` the share of the shorter one's phrases that stand in both; both null when there is none. It is a signal:
    a near copy is an article like any other.
    """

    __tablename__ = "article_marks"
    __table_args__ = (Index("ix_article_marks_bands", "bands", postgresql_using="gin"),)

    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    title_key: Mapped[str] = mapped_column(index=True)
    bands: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    resembles: Mapped[str | None] = mapped_column(ForeignKey("articles.id"), index=True)
    likeness: Mapped[float | None]


class AddressRules(Base):
    """Rules of normal forms that all known addresses were brought to."""

    __tablename__ = "address_rules"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    applied_at: Mapped[CreatedAt]
