from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

import mockserver
from conformance.client.client import Client
from conformance.load.judging import Order, problem_of
from conformance.load.workload import Job

if TYPE_CHECKING:
    from conformance.exchange import Exchange

JOB = Job(64, 72, 4)


def answered(order: Order, profile: str = "a1111-1.10.1") -> Exchange:
    with mockserver.activate(profile=profile) as webui, Client(webui.url) as client:
        return client.exchange("POST", "/sdapi/v1/txt2img", json=order.payload(with_task=True))


@pytest.fixture(scope="module")
def order() -> Order:
    return Order.make(JOB, Random(1), "run")  # noqa: S311 - nothing secret


@pytest.fixture(scope="module")
def sound(order: Order) -> Exchange:
    return answered(order)


@pytest.fixture(scope="module")
def other() -> Exchange:
    return answered(Order.make(JOB, Random(2), "run"))  # noqa: S311 - nothing secret


def changed(exchange: Exchange, **values: object) -> Exchange:
    body = exchange.json | values
    return replace(exchange, body=json.dumps(body).encode())


def with_info(exchange: Exchange, **values: object) -> Exchange:
    return changed(exchange, info=json.dumps(json.loads(exchange.json["info"]) | values))


@pytest.mark.parametrize(
    "profile",
    [
        "a1111-1.10.1",
        "a1111-1.3.0",
        "forge",
        "sdnext-2026-07",
        "koboldcpp-1.115.1",
        "sdcpp-master-827",
    ],
)
def test_what_servers_of_every_kind_answer_is_right(order: Order, profile: str) -> None:
    assert problem_of(order, answered(order, profile)) == ""


def test_orders_are_unlike_each_other() -> None:
    random = Random(3)  # noqa: S311 - nothing secret
    orders = {Order.make(JOB, random, "a").task for _ in range(200)}
    assert len(orders) == 200
    assert Order.make(JOB, Random(3), "a").task != Order.make(JOB, Random(3), "b").task  # noqa: S311 - nothing secret


def test_a_server_without_tasks_is_sent_none(order: Order) -> None:
    assert "force_task_id" in order.payload(with_task=True)
    assert "force_task_id" not in order.payload(with_task=False)


def test_the_answer_to_another_is_wrong(order: Order, other: Exchange) -> None:
    assert problem_of(order, other) == "info has another's seed"


def test_another_seed_is_wrong(order: Order, sound: Exchange) -> None:
    assert problem_of(order, with_info(sound, seed=5)) == "info has another's seed"


def test_crossed_infotexts_are_wrong(order: Order, sound: Exchange, other: Exchange) -> None:
    theirs = json.loads(other.json["info"])["infotexts"]
    assert "another request" in problem_of(order, with_info(sound, infotexts=theirs))


def test_a_picture_with_the_infotext_of_another_is_wrong(
    order: Order, sound: Exchange, other: Exchange
) -> None:
    crossed = changed(sound, images=other.json["images"])
    assert "another request" in problem_of(order, crossed)


def test_a_missing_image_is_wrong_unless_it_was_given_up(order: Order, sound: Exchange) -> None:
    assert problem_of(order, changed(sound, images=[])) == "the image is missing"
    assert problem_of(order, changed(sound, images=[]), interrupted=True) == ""


def test_two_images_are_one_too_many(order: Order, sound: Exchange) -> None:
    assert problem_of(order, changed(sound, images=2 * sound.json["images"])) == (
        "2 images instead of one"
    )


def test_another_size_is_wrong(sound: Exchange, order: Order) -> None:
    wide = replace(order, job=Job(128, 72, 4))
    assert problem_of(wide, sound) == "the image has 64x72 pixels"


def test_sides_of_64_are_never_rounded_and_others_by_less_than_64(
    order: Order, sound: Exchange
) -> None:
    square, small = replace(order, job=Job(64, 64, 4)), replace(order, job=Job(64, 8, 4))
    assert problem_of(square, sound) == "the image has 64x72 pixels"
    assert problem_of(small, sound) == "the image has 64x72 pixels"
    assert problem_of(replace(order, job=Job(64, 120, 4)), sound) == ""


def test_a_picture_that_breaks_off_is_wrong(order: Order, sound: Exchange) -> None:
    (image,) = sound.json["images"]
    cut = changed(sound, images=[image[: len(image) // 2 // 4 * 4]])
    assert problem_of(order, cut) == "an image breaks off"


@pytest.mark.parametrize("image", ["", "no base64!", "aGVsbG8="])
def test_what_is_no_picture_is_wrong(order: Order, sound: Exchange, image: str) -> None:
    assert problem_of(order, changed(sound, images=[image])) == "an image cannot be read"


def test_an_error_is_repeated_in_the_words_of_the_server(order: Order, sound: Exchange) -> None:
    body = json.dumps({"error": "OutOfMemoryError", "errors": "CUDA out of memory"}).encode()
    failed = replace(sound, status=500, body=body)
    assert problem_of(order, failed).startswith("HTTP 500: ")
    assert "CUDA out of memory" in problem_of(order, failed)


def test_an_error_shows_no_secret(order: Order, sound: Exchange) -> None:
    failed = replace(sound, status=401, body=b"hunter22 is wrong", secrets=("hunter22",))
    assert "hunter22" not in problem_of(order, failed)


def test_a_page_is_no_answer(order: Order, sound: Exchange) -> None:
    assert problem_of(order, replace(sound, body=b"<html>login</html>")) == "the answer is no JSON"
    assert problem_of(order, replace(sound, body=b"[1]")) == "the answer has no images"


def test_what_a_server_does_not_say_is_not_judged(order: Order, sound: Exchange) -> None:
    assert problem_of(order, changed(sound, info="")) == ""


@pytest.mark.parametrize("profile", ["a1111-1.10.1", "sdnext-2026-07", "sdcpp-master-827"])
def test_the_pictures_of_a_batch_have_seeds_that_count_upwards(profile: str) -> None:
    batch = Order.make(Job(64, 64, 2, batch=3), Random(4), "run")  # noqa: S311 - nothing secret
    assert problem_of(batch, answered(batch, profile)) == ""


def test_a_batch_that_lacks_a_picture_or_has_anothers_is_wrong(sound: Exchange) -> None:
    batch = Order.make(Job(64, 72, 2, batch=3), Random(4), "run")  # noqa: S311 - nothing secret
    whole = answered(batch)
    images = whole.json["images"]
    assert problem_of(batch, changed(whole, images=images[:2])) == "2 images instead of 3"
    assert problem_of(batch, changed(whole, images=images[:2]), interrupted=True) == ""
    assert problem_of(batch, changed(whole, images=[])) == "the images are missing"
    crossed = [*images[:2], *sound.json["images"]]
    assert "another" in problem_of(batch, changed(whole, images=crossed))
