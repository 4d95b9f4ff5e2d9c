"""The versions of the server and of its page, the advisories about them, and the encryption."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from conformance.security.finding import Level, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.security.asker import Asker
    from conformance.security.finding import Finding


@dataclass(frozen=True, kw_only=True)
class Advisory:
    """A published advisory.

    Args:
        id: of the CVE.
        source: id and address of the record.
        published: the day on which it was published.
        product: ``gradio``, or a family of servers.
        affected: versions, as a specifier of Python packages.
        severity: as the record says.
        effect: what an attacker can do, and where that is possible.
    """

    id: str
    source: str
    published: str
    product: str
    affected: str
    severity: str
    effect: str

    def names(self, version: Version) -> bool:
        """Whether a version is among those affected.

        Args:
            version: of the product.
        """
        return SpecifierSet(self.affected).contains(version, prereleases=True)


@dataclass(frozen=True)
class Advisories:
    """The table of advisories.

    Args:
        as_of: the day on which it was made.
        rows: the advisories.
    """

    as_of: str
    rows: tuple[Advisory, ...]


@cache
def advisories() -> Advisories:
    """The advisories that come with this package; nothing is fetched."""
    text = (files("conformance.security") / "data" / "advisories.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    rows = [Advisory(**row) for row in table["advisory"]]
    return Advisories(str(table["as_of"]), tuple(rows))


_GRADIO = "gradio"


def published_advisories(asker: Asker) -> Iterator[Finding]:
    """Which advisories name the versions that the server shows.

    Args:
        asker: asks the server.
    """
    name, table = "SEC-ADVISORIES", advisories()
    versions = dict(_versions(asker))
    rows = [row for row in table.rows if row.product in versions]
    hits = [row for row in rows if row.names(versions[row.product])]
    seen = ", ".join(f"{product} {version}" for product, version in versions.items())
    if not versions:
        yield finding(name, Level.UNKNOWN, "it shows no version that can be compared.")
    elif hits:
        sentence = f"{len(hits)} published advisories name {seen} (table of {table.as_of})"
        yield finding(name, _level(asker, hits), f"{sentence}.", map(_detail, hits))
    else:
        sentence = f"no advisory in the table of {table.as_of} names {seen}"
        yield finding(name, Level.FINE, f"{sentence}.")


def _versions(asker: Asker) -> Iterator[tuple[str, Version]]:
    profile = asker.context.profile
    config = asker.json("/config")
    shown = {
        profile.family: str(profile.version or ""),
        _GRADIO: str(config.get("version", "")) if isinstance(config, dict) else "",
    }
    for product, text in shown.items():
        try:
            yield product, Version(text)
        except InvalidVersion:
            continue


def _level(asker: Asker, hits: list[Advisory]) -> Level:
    """None was tried, so that they are no proof that a stranger gets in."""
    serious = any(row.severity == "high" for row in hits)
    return Level.MEDIUM if serious and asker.is_exposed else Level.LOW


def _detail(row: Advisory) -> str:
    return f"{row.id} ({row.severity}, {row.published}): {row.effect}; {row.source}"


def encryption(asker: Asker) -> Iterator[Finding]:
    """Whether what is sent can be read by others in between.

    Args:
        asker: asks the server.
    """
    address = asker.context.client.address
    secure = address.base.startswith("https:")
    if secure and asker.connection.verify is False:
        sentence = "the connection is encrypted, and its certificate was not checked (--insecure)"
        yield finding("SEC-TLS", Level.LOW, f"{sentence}.")
    elif secure:
        yield finding("SEC-TLS", Level.FINE, "the connection is encrypted.")
    elif address.is_loopback:
        sentence = "the connection does not leave this machine"
        yield finding("SEC-TLS", Level.FINE, f"{sentence}.")
    else:
        shows = asker.shows_credentials
        what = "credentials, prompts and pictures" if shows else "prompts and pictures"
        level = Level.HIGH if shows else Level.MEDIUM
        yield finding("SEC-TLS", level, f"{what} cross the network in clear, by http.")
