"""The topics of the pipeline and how many partitions each has."""

from __future__ import annotations

from codebook.events import ArticleFetched, IncidentPublished, MentionsRead, deadletter_topic
from pipeline.bus import Topic

STAGES = ("read", "link")
"""The stages that consume a topic, in the order of the data. The relay (`publish`) drains the outbox instead."""

TOPICS = (
    # Reading is the dear stage and articles are independent: room for several readers at once.
    Topic(ArticleFetched.topic, partitions=6),
    # Keyed by jurisdiction: more partitions than seven jurisdictions and "unknown" would stand idle.
    Topic(MentionsRead.topic, partitions=8),
    Topic(IncidentPublished.topic, partitions=3, compacted=True),
    *(Topic(deadletter_topic(stage)) for stage in STAGES),
)
