"""When two spellings are the id of one student."""

from __future__ import annotations

import unicodedata


def id_key(text: str) -> str:
    """The same for two spellings of one id: letter case, spaces around it and forms of letters do not count."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
