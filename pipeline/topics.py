"""The topics of the pipeline: how many partitions each has, and how long it keeps its messages."""

from __future__ import annotations

import datetime as dt

from codebook.events import ArticleFetched, IncidentPublished, MentionsRead, deadletter_topic
from pipeline.bus import Topic

STAGES = ("read", "link")
"""The stages that consume a topic, in the order of the data. The relay (`publish`) drains the outbox instead."""

WORK_RETENTION = dt.timedelta(days=30)
"""How long articles and mentions stay on the bus, read or not: a stage may stand still for so long, and a replay go
back so far. The store keeps them for ever."""

DEADLETTER_RETENTION = dt.timedelta(days=90)
"""How long a dead letter waits for somebody to mend its cause and requeue it."""

TOPICS = (
    # Reading is the dear stage and articles are independent: room for several readers at once.
    Topic(ArticleFetched.topic, partitions=6, retention=WORK_RETENTION),
    # Keyed by jurisdiction: more partitions than seven jurisdictions and "unknown" would stand idle.
    Topic(MentionsRead.topic, partitions=8, retention=WORK_RETENTION),
    # The newest revision of every incident, for ever: who starts to read has the whole curated state.
    Topic(IncidentPublished.topic, partitions=3, compacted=True),
    *(Topic(deadletter_topic(stage), retention=DEADLETTER_RETENTION) for stage in STAGES),
)
