"""Every table of the store."""

from store.schema import bus as _bus  # noqa: F401  the embedded bus's tables, in their own database schema
from store.schema.at_work import Note, StoredDraft, Workplace
from store.schema.base import Base
from store.schema.codes import CODE_TABLES
from store.schema.collecting import ArticleVersion, Feed, FetchOutcome, PendingItem, Source, StoredArticle
from store.schema.curated import (
    CuratedIncident,
    IncidentArticle,
    IncidentPerson,
    IncidentSeizure,
    IncidentWeapon,
    Revision,
)
from store.schema.delivery import OutboxForgotten, OutboxMessage, ProcessedEvent
from store.schema.grouping import CandidateLink, GroupingDecision, HintKey
from store.schema.health import ItemEvent, SourceAlarm, SourceDay
from store.schema.identity import AddressRules, ArticleAddress, ArticleMark
from store.schema.models import ModelInUse, ModelOffer
from store.schema.pages import FetchedPage
from store.schema.people import AuditEntry, FailedSignIn, SignIn, User
from store.schema.polling import BackfillStep, FeedLogEntry, SitemapChild, StrangerRequests
from store.schema.quality import AuditItem, ReviewRules, StoredReading
from store.schema.queue import Candidate, StoredMention

__all__ = [
    "CODE_TABLES",
    "AddressRules",
    "ArticleAddress",
    "ArticleMark",
    "ArticleVersion",
    "AuditEntry",
    "AuditItem",
    "BackfillStep",
    "Base",
    "Candidate",
    "CandidateLink",
    "CuratedIncident",
    "FailedSignIn",
    "Feed",
    "FeedLogEntry",
    "FetchOutcome",
    "FetchedPage",
    "GroupingDecision",
    "HintKey",
    "IncidentArticle",
    "IncidentPerson",
    "IncidentSeizure",
    "IncidentWeapon",
    "ItemEvent",
    "ModelInUse",
    "ModelOffer",
    "Note",
    "OutboxForgotten",
    "OutboxMessage",
    "PendingItem",
    "ProcessedEvent",
    "ReviewRules",
    "Revision",
    "SignIn",
    "SitemapChild",
    "Source",
    "SourceAlarm",
    "SourceDay",
    "StoredArticle",
    "StoredDraft",
    "StoredMention",
    "StoredReading",
    "StrangerRequests",
    "User",
    "Workplace",
]
