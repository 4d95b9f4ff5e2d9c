from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from loads import plan
from packaging.requirements import Requirement

from conformance.client.address import Basic, Bearer
from conformance.deployment.connection import Connection
from conformance.errors import ConfigurationError
from conformance.load import launch
from conformance.load.job import EngineJob, Place

_SECRET = "hunter22"
_PROJECT = Path(__file__).parents[3] / "pyproject.toml"


@pytest.mark.parametrize("auth", [None, Basic("user", _SECRET), Bearer(_SECRET)])
def test_a_process_gets_all_that_it_needs_to_reach_the_servers(auth: Basic | Bearer | None) -> None:
    connection = Connection(
        url="http://127.0.0.1:7860",
        auth=auth,
        headers={"X-Key": _SECRET},
        secrets=(_SECRET,),
        verify=False,
        proxy="none",
        timeout=20.0,
    )
    job = EngineJob(
        role="alone", connections=(connection,), plan=plan(), place=Place("127.0.0.1", 1), seed=3
    )
    assert EngineJob.read(job.write()) == job


def test_a_worker_has_no_plan() -> None:
    job = EngineJob(role="worker", connections=(Connection(url="http://127.0.0.1:7860"),))
    assert EngineJob.read(job.write()).plan is None


def test_what_is_missing_is_said_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'sdapi-conformance\[load\]'"):
        launch.insist_on_locust()


def test_the_extra_that_is_named_exists() -> None:
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    (engine,) = project["optional-dependencies"]["load"]
    assert Requirement(engine).name == "locust"
