"""The servers that ``sdapi-check watch`` is asked to watch, and the file of their state."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.cli.config_jobs import jobs_of
from conformance.cli.job import Job
from conformance.cli.looker import JobLooker, secrets_of
from conformance.cli.options import connection_of
from conformance.cli.program import PROGRAM
from conformance.cli.run_command import run_command
from conformance.cli.session import command_of, run_options_of
from conformance.client.address import Address
from conformance.deployment import FILE_NAME
from conformance.deployment.undo_journal.journal import state_folder
from conformance.errors import ConfigurationError, JournalError, StateError
from conformance.watch.messages import Subject
from conformance.watch.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from conformance.watch.snapshot import Facet


# Options of a run that a watch does without.
_FIXED: dict[str, Any] = {
    "certify": False,
    "examples": None,
    "journal": None,
    "planning": False,
    "reports": (),
    "seed": 0,
    "security": False,
}
_CREDENTIALS = ("auth", "token", "second_auth")


def jobs_to_watch(ctx: click.Context, given: dict[str, Any]) -> list[Job]:
    """A job for each server: the URLs, or the targets of sdapi.toml.

    Args:
        ctx: of the command, which knows where each option came from.
        given: the options' values by name; ``urls`` are the addresses.

    Returns:
        At least one, each of another name.

    Raises:
        ConfigurationError: no server is named, or they cannot be watched with these options.
        AddressError: an address cannot be used.
        SelectionError: a word chooses no requirement.
    """
    urls = tuple(dict.fromkeys(given["urls"]))
    # What a watch has no option for is as in a run.
    with run_command.make_context(PROGRAM, []) as run:
        given = {**run.params, **given, **_FIXED, "url": urls[0] if len(urls) == 1 else None}
    if given["config"] is None and not given["target"] and urls:
        _insist_on_own_credentials(given, urls)
        _insist_on_different(urls)
        return [_job(ctx, {**given, "url": url}) for url in urls]
    if len(urls) > 1:
        raise ConfigurationError("--config names servers itself; give one URL with it, or none")
    jobs = jobs_of(ctx, given)
    if not jobs:
        raise ConfigurationError(
            f"no server is named: give its URL, or write {FILE_NAME} (sdapi-check init)"
        )
    return jobs


def _insist_on_own_credentials(given: dict[str, Any], urls: Sequence[str]) -> None:
    """What lets in at one server is shown to no other."""
    shown = [name for name in _CREDENTIALS if given[name] is not None]
    shown += ["header"] if given["headers"].values else []
    if len(urls) > 1 and shown:
        name = f"--{shown[0].replace('_', '-')}"
        message = f"{name} (or its variable) is for one server, and there are {len(urls)}"
        raise ConfigurationError(
            f"{message}; write {FILE_NAME} (sdapi-check init), with auth of each"
        )


def _insist_on_different(urls: Sequence[str]) -> None:
    bases = [Address.parse(url).base for url in urls]
    for base in bases:
        if bases.count(base) > 1:
            raise ConfigurationError(f"{base} is named twice; name each server once")


def _job(ctx: click.Context, given: dict[str, Any]) -> Job:
    base = Address.parse(given["url"]).base
    options = run_options_of(given, live=True)
    options.requirements()
    return Job(
        connection=connection_of(ctx, given["url"], given),
        run_options=options,
        command=command_of(given, base),
        fail_on=given["fail_on"],
    )


def watched_by(jobs: Sequence[Job], ignored: frozenset[Facet]) -> list[Watched]:
    """The servers of jobs, as the loop takes them.

    Args:
        jobs: of another name each.
        ignored: facets whose drift does not matter.
    """
    return [
        Watched(
            subject=Subject(
                job.name or job.connection.base, job.connection.base, secrets_of(job.connection)
            ),
            looker=JobLooker(job),
            fail_on=job.fail_on,
            ignored=ignored,
            patient=job.run_options.mode.writes,
        )
        for job in jobs
    ]


def state_file(given: dict[str, Any], jobs: Sequence[Job]) -> Path:
    """The file of the state: the one that was named, or that of the same servers before.

    Args:
        given: the options' values by name.
        jobs: that are watched.

    Raises:
        StateError: the user has no home.
    """
    if given["state"] is not None:
        return Path(given["state"])
    try:
        folder = state_folder()
    except JournalError as error:
        raise StateError("there is no home folder for the state; name a file: --state") from error
    return folder / f"watch-{_stem(given, jobs)}.sqlite"


def _stem(given: dict[str, Any], jobs: Sequence[Job]) -> str:
    """A name that is the same whenever the same servers, or the same file, are watched."""
    if jobs[0].name:
        file = Path(given["config"] or FILE_NAME).resolve()
        return f"{_plain(file.parent.name)}-{_digest(str(file))}"
    bases = [job.connection.base for job in jobs]
    parts = urlsplit(bases[0])
    more = f"-and-{len(bases) - 1}-more-{_digest(' '.join(sorted(bases)))}" if bases[1:] else ""
    return _plain(f"{parts.netloc}{parts.path}") + more


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.") or "servers"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]
