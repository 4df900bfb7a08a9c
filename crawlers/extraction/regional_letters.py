"""The characters beyond ASCII that texts in the region's languages consist of."""

from __future__ import annotations

LETTERS = frozenset("čćšžđëçăâîșțşţČĆŠŽĐËÇĂÂÎȘȚŞŢ") | frozenset(map(chr, range(0x400, 0x460)))
"""Latin (hbs, sq, ro) and Cyrillic (hbs, mk, ru)."""

SIGNS = frozenset("„“”‚‘’«»–—…•·€°§©®™×½¼¾²³́ÀÁÄÅÆÈÉÊÍÑÓÔÖØÚÛÜÝàáäåæèéêíñóôöøúûüýß") | frozenset(
    "\u00a0\u00ad\u200b\u2009\u2011\ufeff"
)
"""A typesetter's signs, and the letters of foreign names."""
