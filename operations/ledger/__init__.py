"""The ledger: whether every event that was published took effect at everybody who subscribes to it."""

from operations.ledger.accounts import Account, LedgerPage, Oldest, Span
from operations.ledger.reading import Ledger, NotSettledError

__all__ = ["Account", "Ledger", "LedgerPage", "NotSettledError", "Oldest", "Span"]
