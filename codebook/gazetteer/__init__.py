"""Places: the municipalities of the seven jurisdictions and their settlements, by any name in any script."""

from __future__ import annotations

from codebook.gazetteer.gazetteer import Gazetteer, PlaceSpan, gazetteer
from codebook.gazetteer.places import Place

__all__ = ["Gazetteer", "Place", "PlaceSpan", "gazetteer"]
