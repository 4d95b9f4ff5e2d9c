"""The programs that are known to call the API, and what each of them relies on."""

from conformance.clients.client import Client, Reliance
from conformance.clients.loader import find_client, load_clients
from conformance.clients.outlook import Outlook, Prospect, outlooks
from conformance.clients.selection import needed_by

__all__ = [
    "Client",
    "Outlook",
    "Prospect",
    "Reliance",
    "find_client",
    "load_clients",
    "needed_by",
    "outlooks",
]
