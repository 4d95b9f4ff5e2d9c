"""The log of exchanges."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from conformance.client import Exchange, ExchangeLog


def exchange(number: int, size: int = 0) -> Exchange:
    path = f"/{number}"
    return Exchange(method="GET", path=path, url=f"http://host{path}", body=bytes(size))


def paths(exchanges: object) -> list[str]:
    return [item.path for item in exchanges]  # type: ignore[attr-defined]


def test_the_latest_are_kept() -> None:
    log = ExchangeLog(max_exchanges=2)
    for number in range(5):
        log.add(exchange(number))
    assert paths(log) == ["/3", "/4"]
    assert (len(log), log.position) == (2, 5)
    assert log.last is not None
    assert log.last.path == "/4"


def test_an_empty_log_has_no_last() -> None:
    assert ExchangeLog().last is None


def test_bytes_are_bounded_and_the_last_is_kept_even_if_it_is_larger() -> None:
    log = ExchangeLog(max_bytes=100)
    log.add(exchange(1, 60))
    log.add(exchange(2, 60))
    assert (paths(log), log.bytes_kept) == (["/2"], 60)
    log.add(exchange(3, 500))
    assert paths(log) == ["/3"]


def test_what_came_after_a_place_is_found() -> None:
    log = ExchangeLog()
    log.add(exchange(1))
    place = log.position
    assert log.since(place) == []
    log.add(exchange(2))
    log.add(exchange(3))
    assert paths(log.since(place)) == ["/2", "/3"]


def test_what_is_no_longer_kept_is_not_found() -> None:
    log = ExchangeLog(max_exchanges=1)
    for number in range(3):
        log.add(exchange(number))
    assert paths(log.since(0)) == ["/2"]


@given(st.lists(st.integers(0, 50)), st.integers(1, 10), st.integers(1, 100))
def test_the_bounds_hold_whatever_is_added(sizes: list[int], most: int, most_bytes: int) -> None:
    log = ExchangeLog(max_exchanges=most, max_bytes=most_bytes)
    for number, size in enumerate(sizes):
        log.add(exchange(number, size))
        assert len(log) <= most
        assert log.bytes_kept == sum(item.size for item in log)
        assert log.bytes_kept <= most_bytes or len(log) == 1


def test_threads_can_share_a_log() -> None:
    log = ExchangeLog(max_exchanges=50)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: log.add(exchange(number, 3)), range(400)))
    assert (log.position, len(log), log.bytes_kept) == (400, 50, 150)
