"""What the webui trips over becomes its 500; what the mock trips over does not."""

from __future__ import annotations

import pytest

from mockserver.core.errors import ServerError, Signature, missing_arguments, raises_upstream


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


_RUN = Signature("run", ("p", "image"), {"steps": 20})


def test_a_call_has_its_values_and_the_defaults_of_the_others() -> None:
    assert _RUN.bind({"p": 1, "image": 2}) == {"p": 1, "image": 2, "steps": 20}
    assert _RUN.bind({"p": 1, "image": 2, "steps": 3})["steps"] == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({"p": 1}, "run() missing 1 required positional argument: 'image'", id="one"),
        pytest.param(
            {}, "run() missing 2 required positional arguments: 'p' and 'image'", id="two"
        ),
        pytest.param({"q": 1}, "run() got an unexpected keyword argument 'q'", id="unknown"),
        pytest.param({1: 1}, "keywords must be strings", id="a number"),
    ],
)
def test_a_call_that_python_refuses_is_a_type_error(body: dict[object, int], words: str) -> None:
    with pytest.raises(ServerError) as caught:
        _RUN.bind(body)
    assert (caught.value.name, caught.value.text) == ("TypeError", words)
