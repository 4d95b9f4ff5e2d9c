"""From the options of the command line to what a run is to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from conformance.cli.group import PROGRAM
from conformance.cli.session import Choices
from conformance.clients import find_client
from conformance.engine import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

_EMBEDDED_EXAMPLES = 20
_LIVE_EXAMPLES = 5
_AS_GIVEN = ("only", "skip", "profile", "seed", "size", "budget", "rate", "generate", "certify")


def choices_of(given: Mapping[str, Any], *, live: bool) -> Choices:
    """What a run is to do.

    Args:
        given: the options' values by name.
        live: whether it is somebody's server, not the embedded mock.

    Raises:
        click.UsageError: options that contradict each other.
        SelectionError: no such program.
    """
    mode = Mode(given["mode"] or (Mode.SAFE if live else Mode.FULL))
    examples = given["examples"]
    if examples is None:
        examples = _LIVE_EXAMPLES if live else _EMBEDDED_EXAMPLES
    _insist_on_all(given, mode)
    return Choices(
        mode=mode,
        examples=examples,
        # Nobody else uses the embedded mock.
        patience=given["patience"] if live else 0.0,
        clients=tuple(map(find_client, given["for"] or ())),
        **{name: given[name] for name in _AS_GIVEN},
    )


def command_of(given: Mapping[str, Any], where: str) -> str:
    """The command that repeats a run, to which ``--only ID`` can be added.

    Args:
        given: the options' values by name.
        where: the words that name the server, without credentials; empty for the embedded mock.
    """
    mode = f"--mode {given['mode']}" if given["mode"] else ""
    programs = [f"--for {name}" for name in given["for"] or ()]
    return " ".join(part for part in (PROGRAM, where, mode, *programs) if part)


def _insist_on_all(given: Mapping[str, Any], mode: Mode) -> None:
    """A certified run leaves nothing out, and so takes no option that does."""
    if not given["certify"]:
        return
    if mode is not Mode.FULL:
        raise click.UsageError("--certify leaves nothing out: add --mode full")
    refused = [f"--{n}" for n in ("only", "skip", "for", "budget") if given[n] not in {(), None}]
    refused += [] if given["generate"] else ["--no-generate"]
    if refused:
        raise click.UsageError(f"--certify leaves nothing out: go without {', '.join(refused)}")
