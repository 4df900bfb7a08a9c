"""Which mention of a reading tells which labelled incident."""

from __future__ import annotations

from collections.abc import Sequence

from classifiers.labelled import LabelledIncident
from codebook.records import Mention


def same_place(incident: LabelledIncident, mention: Mention) -> bool:
    """Whether both name the same municipality, or neither names a place; a village read where its municipality is
    labelled, or in Moldova its raion, is right as well (LABELLING rule 16)."""
    if mention.place is None:
        return incident.place is None
    return incident.is_at(mention.place)


def aligned(
    incidents: Sequence[LabelledIncident], mentions: Sequence[Mention]
) -> list[tuple[LabelledIncident, Mention | None]]:
    """Every labelled incident with the mention most like it, each mention used once; `None` when none is left."""
    likeness = sorted(
        (
            (-_likeness(incident, mention), i, m)
            for i, incident in enumerate(incidents)
            for m, mention in enumerate(mentions)
        ),
    )
    partner: dict[int, int] = {}
    for _, i, m in likeness:
        if i not in partner and m not in partner.values():
            partner[i] = m
    return [(incident, mentions[partner[i]] if i in partner else None) for i, incident in enumerate(incidents)]


def _likeness(incident: LabelledIncident, mention: Mention) -> float:
    return (
        2.0 * (incident.place is not None and same_place(incident, mention))
        + 2.0 * (incident.incident_type == mention.incident_type)
        + 1.0 * (incident.date is not None and incident.date == mention.date)
        + 0.5 * (set(incident.weapons) == set(mention.weapons))
    )
