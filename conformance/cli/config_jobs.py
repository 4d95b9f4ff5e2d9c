"""The jobs that a configuration file and the command line ask for together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.cli.job import Job
from conformance.cli.program import PROGRAM
from conformance.cli.session import all_properties, command_of, run_options_of
from conformance.client.address import Address, Bearer
from conformance.client.redaction import is_secret_header
from conformance.deployment import FILE_NAME
from conformance.deployment.config.config import load_config
from conformance.deployment.expectations.checks import Demands
from conformance.deployment.waivers import Waivers
from conformance.errors import ConfigurationError, SelectionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.deployment.config.config import Config
    from conformance.deployment.config.target import TargetConfig
    from conformance.deployment.connection import Connection


# Options that show somebody in; they go to a server only where it is the one that was named.
_CREDENTIALS = ("auth", "token", "second_auth")
_OF_ONE = (*_CREDENTIALS, "headers", "journal")


def jobs_of(ctx: click.Context, given: dict[str, Any]) -> list[Job]:
    """A job for each target that is chosen; none where no configuration file is to be used.

    The command line wins over the file. The environment's
    credentials are not shown to the file's servers: the file says which they get.

    Args:
        ctx: of the command, which knows where each option came from.
        given: the options' values by name.

    Raises:
        ConfigurationError: the file cannot be used, or not with these options.
        SelectionError: a word of the file chooses nothing.
    """
    path = _file(given)
    if path is None:
        if given["target"]:
            raise ConfigurationError(f"--target names a target of a file: add --config {FILE_NAME}")
        return []
    config = load_config(path, lambda: [item.requirement.id for item in all_properties()])
    targets = config.chosen(given["target"])
    _insist_on_one(ctx, given, config, targets)
    _warn(config, targets)
    return [_job(ctx, given, config, target) for target in targets]


def target_connections(ctx: click.Context, given: dict[str, Any]) -> list[Connection]:
    """How to reach the targets that are chosen, for commands that judge nothing.

    Args:
        ctx: of the command, which knows where each option came from.
        given: the options' values by name.

    Raises:
        ConfigurationError: there is no file, or it cannot be used with these options.
    """
    path = _file(given)
    if path is None:
        raise ConfigurationError(f"no server is named, and there is no {FILE_NAME} here")
    config = load_config(path, lambda: [item.requirement.id for item in all_properties()])
    targets = config.chosen(given["target"])
    _insist_on_one(ctx, given, config, targets)
    _warn(config, targets)
    return [_over(ctx, target.connection(None), given) for target in targets]


def _warn(config: Config, targets: Iterable[TargetConfig]) -> None:
    """Say in one line which secrets the file itself holds."""
    plain = [f"{target.name}.{key}" for target in targets for key in target.plain_secrets]
    if plain:
        message = f"the file holds secrets for all to read ({', '.join(plain)})"
        advice = 'write "env:NAME" or "file:PATH" instead'
        click.echo(f"{PROGRAM}: {config.name}: {message}; {advice}", err=True)


def _file(given: dict[str, Any]) -> Path | None:
    if given["config"] is not None:
        return Path(given["config"])
    found = Path(FILE_NAME)
    return found if given["url"] is None and found.exists() else None


def _insist_on_one(
    ctx: click.Context,
    given: dict[str, Any],
    config: Config,
    targets: tuple[TargetConfig, ...],
) -> None:
    """Some options are for one server alone."""
    if len(targets) == 1:
        return
    typed = ["a URL"] if given["url"] else []
    typed += [p.opts[0] for p in ctx.command.params if p.name in _OF_ONE and _typed(ctx, p.name)]
    if typed:
        names = ", ".join(target.name for target in targets)
        message = f"{typed[0]} is for one target; name it with --target ({names})"
        raise ConfigurationError(f"{config.name}: {message}")


def _job(ctx: click.Context, given: dict[str, Any], config: Config, target: TargetConfig) -> Job:
    connection = _over(ctx, target.connection(given["url"]), given)
    said = {name: value for name, value in target.run.items() if not _typed(ctx, name)}
    merged = {**given, **said}
    own = [waiver for waiver in config.waivers if waiver.target in {"", target.name}]
    waivers = Waivers(target.name, own, datetime.now(UTC).date())
    demands = Demands(target.expect, waivers, _showing(connection))
    try:
        run_options = replace(run_options_of(merged, live=True), demands=demands)
        run_options.requirements()
    except SelectionError as error:
        raise SelectionError(f"{config.name}, target {target.name}: {error}") from error
    where = f"{Address.parse(given['url']).base} " if given["url"] else ""
    return Job(
        connection=connection,
        run_options=run_options,
        command=command_of(given, f"{where}--config {quote(config.name)} --target {target.name}"),
        name=target.name,
        fail_on=given["fail_on"],
        verbose=given["verbose"],
        planning=given["planning"],
        journal=given["journal"],
        reports=given["reports"],
    )


def _over(ctx: click.Context, connection: Connection, given: dict[str, Any]) -> Connection:
    """The connection of the file, with the options of the command line instead of its own."""
    typed: dict[str, Any] = {
        name: given[name]
        for name in ("auth", "second_auth", "proxy", "timeout", "wait")
        if _typed(ctx, name)
    }
    if _typed(ctx, "token"):
        typed["auth"] = Bearer(given["token"])
    if _typed(ctx, "ca_file") or _typed(ctx, "insecure"):
        typed["verify"] = given["ca_file"] or not given["insecure"]
    if _typed(ctx, "headers"):
        typed["headers"] = {**connection.headers, **given["headers"].values}
        typed["secrets"] = (*connection.secrets, *given["headers"].secrets)
    connection = replace(connection, **typed)
    connection.insist()
    return connection


def _showing(connection: Connection) -> tuple[str, ...]:
    """The headers that let a request in, recognised by their names or by where they were read."""
    return tuple(
        name
        for name, value in connection.headers.items()
        if is_secret_header(name) or value in connection.secrets
    )


def _typed(ctx: click.Context, name: str | None) -> bool:
    return name is not None and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
