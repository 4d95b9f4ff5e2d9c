"""The journal: what a mock was asked, and what it answered."""

from mockserver.journal.call import Call
from mockserver.journal.journal import Journal, JournalMismatch

__all__ = ["Call", "Journal", "JournalMismatch"]
