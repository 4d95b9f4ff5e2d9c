"""What the webui trips over becomes its 500; what the mock trips over does not."""

from __future__ import annotations

import pytest

from mockserver.core.errors import ServerError, missing_arguments, raises_upstream


@raises_upstream
def divide(number: float, by: float) -> float:
    return number / by


def test_an_operation_on_odd_values_fails_as_python_has_it() -> None:
    with pytest.raises(ServerError) as caught:
        divide(1, 0)

    assert (caught.value.name, caught.value.text) == ("ZeroDivisionError", "division by zero")


def test_a_refusal_passes_through_as_it_is() -> None:
    @raises_upstream
    def refuse() -> None:
        raise ServerError("RuntimeError", "no")

    with pytest.raises(ServerError, match="RuntimeError: no"):
        refuse()


def test_a_fault_of_another_kind_stays_the_mocks_own() -> None:
    @raises_upstream
    def fail() -> None:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        fail()


@pytest.mark.parametrize(
    ("names", "text"),
    [
        pytest.param(["a"], "f() missing 1 required positional argument: 'a'", id="one"),
        pytest.param(
            ["a", "b"], "f() missing 2 required positional arguments: 'a' and 'b'", id="two"
        ),
        pytest.param(
            ["a", "b", "c"],
            "f() missing 3 required positional arguments: 'a', 'b', and 'c'",
            id="three",
        ),
    ],
)
def test_missing_arguments_are_reported_as_python_says_them(names: list[str], text: str) -> None:
    assert missing_arguments("f", names).text == text
