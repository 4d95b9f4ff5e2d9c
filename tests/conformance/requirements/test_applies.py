from __future__ import annotations

import pytest

from conformance.errors import CatalogueError
from conformance.requirements.requirement import Applies, Version


def _matches(text: str, family: str, version: str | None = None) -> bool:
    return Applies.parse(text).matches(family, version and Version.parse(version))


@pytest.mark.parametrize(
    ("text", "family", "version"),
    [
        pytest.param("all", "unknown", None, id="all is everybody"),
        pytest.param("all except kobold, xinference", "sdcpp", None, id="not excepted"),
        pytest.param("all except a1111-2022-10-27", "a1111", "47a44c7", id="another commit"),
        pytest.param("a1111", "a1111", "1.0.0-pre", id="bare upstream begins at 1.0"),
        pytest.param("a1111>=1.6", "a1111", "1.6.0", id="the bound itself"),
        pytest.param("a1111>=1.9", "a1111", "1.10.1", id="10 is more than 9"),
        pytest.param("a1111<=1.9", "a1111", "1.9.4", id="a patch of the upper bound"),
        pytest.param("a1111>=1.0<=1.6", "a1111", "1.3.0", id="between two bounds"),
        pytest.param("a1111-1.10", "a1111", "1.10.1", id="a patch of exactly that minor"),
        pytest.param("a1111>=47a44c7", "a1111", "1.10", id="a release is after a commit"),
        pytest.param("forge, sdnext", "sdnext", None, id="one of several"),
        pytest.param("forge, sdnext", "forge", "neo", id="what grew out of a fork"),
        pytest.param("forge except forge-neo", "forge", None, id="the fork itself"),
        pytest.param("forge except forge-neo", "forge", "ersatz", id="another of its kind"),
    ],
)
def test_a_requirement_applies(text: str, family: str, version: str | None) -> None:
    assert _matches(text, family, version)


@pytest.mark.parametrize(
    ("text", "family", "version"),
    [
        pytest.param("all except kobold, xinference", "kobold", None, id="excepted"),
        pytest.param("a1111", "a1111", "47a44c7", id="a commit before 1.0"),
        pytest.param("a1111", "reforge", None, id="a fork is not upstream"),
        pytest.param("a1111>=1.6", "a1111", "1.3.0", id="too old"),
        pytest.param("a1111<=1.9", "a1111", "1.10.0", id="too new"),
        pytest.param("a1111-1.1", "a1111", "1.10.1", id="1.1 is not 1.10"),
        pytest.param("a1111>=1.6", "a1111", None, id="a bound needs a known version"),
        pytest.param("forge, sdnext except forge-neo", "forge", "neo", id="one is not meant"),
        pytest.param("forge-neo", "forge", None, id="a fork is not what grew out of it"),
    ],
)
def test_a_requirement_does_not_apply(text: str, family: str, version: str | None) -> None:
    assert not _matches(text, family, version)


@pytest.mark.parametrize(
    "text",
    ["a1112", "a1111>1.6", "a1111>=new", "all but kobold", "", "forge,", "a1111 >= 1.6"],
)
def test_what_names_nobody_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError):
        Applies.parse(text)
