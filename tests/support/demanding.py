"""Short words for the tests of expectations: what one says of one server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from doubles import served
from judging import make_context

from conformance.deployment.config.config import Config, read_config
from conformance.deployment.expectations.checks import Demands
from conformance.requirements.catalogue import whole_catalogue
from conformance.runner.judge import judge

if TYPE_CHECKING:
    from doubles import Server

    from conformance.verdict import Result


def configured(expect: str = "", rest: str = "") -> Config:
    """A file with one target, what is expected of it, and the rest."""
    text = (
        f'[targets.live]\nurl = "http://judged.test:7860"\n[targets.live.expect]\n{expect}\n{rest}'
    )
    return read_config(text, "sdapi.toml", Path())


def expected(server: Server, text: str, name: str, **more: Any) -> Result:
    """The result of one expectation, written as in the file, of one server."""
    headers = more.pop("headers", ())
    demands = Demands(configured(text).targets[0].expect, None, headers)
    with served(server):
        context = make_context(more.pop("profile", "a1111-1.10.1"), **more)
        return judge(whole_catalogue()[name], demands.checks[name].function, context)
