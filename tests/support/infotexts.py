"""The corpus of infotexts in the manner of many programs, with what readers make of each."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[2] / "fixtures" / "corpus" / "infotexts.jsonl"


@cache
def corpus() -> dict[str, dict[str, Any]]:
    """Each text by its id, with ``readings`` by profile and ``client``."""
    _, *rows = _FILE.read_text(encoding="utf-8").split("\n")
    found = [json.loads(row) for row in rows if row]
    return {row["id"]: row for row in found}
