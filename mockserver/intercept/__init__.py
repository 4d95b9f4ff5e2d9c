"""Interception: requests of this process to an activated address are answered in it."""

from mockserver.intercept.addresses import ADDRESSES, Activation, NotIntercepted
from mockserver.intercept.patching import patched

__all__ = ["ADDRESSES", "Activation", "NotIntercepted", "patched"]
