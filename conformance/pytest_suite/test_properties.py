"""One test for each property, named by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.properties.property import PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.properties.property import Property


@pytest.mark.parametrize("item", [pytest.param(p, id=p.requirement.id) for p in PROPERTIES])
def test_property(item: Property, sdapi_try: Callable[[Property], None]) -> None:
    """The property holds for every example that is tried.

    Args:
        item: the property.
        sdapi_try: the fixture of that name.
    """
    sdapi_try(item)
