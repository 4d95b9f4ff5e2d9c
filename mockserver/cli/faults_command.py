"""``sdapi-mock faults``: what can be made to go wrong."""

from __future__ import annotations

import json

import click

_HELP = """List the faults that the mock can let happen.

A fault is used by --fault, by POST /_mock/faults, by the header X-Sdapi-Mock of one request, and
in Python by webui.faults.add and webui.fault. Each takes beside its own options:

\b
  route=txt2img       where; a path, a pattern, maybe a method before it
  when.steps=20       only for payloads with this value
  after=2             the first two calls pass
  times=1             how often; every time when left out
  probability=0.1     how likely, and seed=7 for the same dice again
  latency=2s          so long it takes before it happens

\b
Examples:
  sdapi-mock --fault "oom; times=1"
  sdapi-mock --fault "latency=300ms; route=*"
  curl -H "X-Sdapi-Mock: fault=gateway-timeout" URL/sdapi/v1/txt2img --json '{}'
"""


@click.command("faults", help=_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print the catalogue as JSON.")
def faults_command(*, as_json: bool) -> None:
    """List; see the help."""
    from mockserver.faults.catalogue import describe  # noqa: PLC0415 - --help starts faster

    found = describe()
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    width = max(len(item["fault"]) for item in found)
    for item in found:
        click.echo(f"{item['fault']:<{width}}  {item['summary']}")
        options = ", ".join(f"{name}={value}" for name, value in item["options"].items())
        if options:
            click.echo(f"{'':<{width}}  options: {options}")
