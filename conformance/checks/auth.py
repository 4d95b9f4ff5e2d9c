"""Checks of HTTP Basic authentication, AUTH-001 to AUTH-007.

They need the operator's credentials. Routes that take a body are asked with a list, which no
route takes: were the route open, the answer would be 422, and nothing would be generated.
Source: modules/api/api.py, Api.auth, at v1.10.1 and the recorded group ``auth``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.client.address import Basic, Bearer
from conformance.detection.probe import API
from conformance.detection.profile import claims, known_routes
from conformance.gateway import names_itself
from conformance.runner.registry import check
from conformance.verdict import Failed, NotApplicable, NotSupported, Skip, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.client.address import Credentials
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


# An extension adds these without the API's guard; recorded auth/loras-none.
_OPEN = {f"{API}/loras", f"{API}/refresh-loras"}
_FAILED = 500
# They take a body, so that a list is refused before anything is done.
_WITH_BODY = (
    "txt2img",
    "img2img",
    "png-info",
    "extra-single-image",
    "extra-batch-images",
    "interrogate",
    "options",
    "create/embedding",
    "create/hypernetwork",
    "train/embedding",
    "train/hypernetwork",
)
# They take none, and do at once what they are for; unloading is undone by the last of them.
_WITHOUT_BODY = (
    "interrupt",
    "skip",
    "refresh-checkpoints",
    "refresh-vae",
    "refresh-embeddings",
    "unload-checkpoint",
    "reload-checkpoint",
)
_NOBODY = {"Authorization": None}


@check("AUTH-001")
def no_credentials(context: CheckContext) -> None:
    """Every route, asked without credentials."""
    _credentials(context)
    for method, path in _guarded(context):
        _denied(context, method, path, _NOBODY)


@check("AUTH-002")
def wrong_credentials(context: CheckContext) -> None:
    """Every route, asked with a wrong password; one with an unknown user, and with near ones."""
    auth = _credentials(context)
    for method, path in _guarded(context):
        _denied(context, method, path, {"Authorization": _wrong(auth).header})
    if isinstance(auth, Basic):
        for near in _near(auth, context.settings.second_auth):
            _denied(context, "GET", f"{API}/samplers", {"Authorization": near.header})


@check("AUTH-003")
def right_credentials(context: CheckContext) -> None:
    """Every list, asked with the credentials given.

    One that the server fails to make was let in; the list has a requirement of its own.
    """
    _credentials(context)
    for method, path in _guarded(context):
        if method != "GET":
            continue
        try:
            exchange = context.get(path)
        except NotSupported:
            continue
        if exchange.status != _FAILED:
            expect.ok(exchange)


@check("AUTH-004")
def words_of_a_denial(context: CheckContext) -> None:
    """No WWW-Authenticate, and other words for no credentials than for wrong ones."""
    wrong = _wrong(_basic(context)).header
    cases = ((None, "Not authenticated"), (wrong, "Incorrect username or password"))
    for header, detail in cases:
        exchange = context.send("GET", f"{API}/samplers", headers={"Authorization": header})
        expect.status(exchange, 401)
        expect.equal(expect.json_object(exchange).get("detail"), detail, "detail", exchange)
        asked = exchange.header("www-authenticate")
        expect.that(asked is None, "no WWW-Authenticate header", f"it is {asked!r}", exchange)


@check("AUTH-005")
def malformed_json_comes_first(context: CheckContext) -> None:
    """Malformed JSON, sent without credentials."""
    _credentials(context)
    headers = {**_NOBODY, "Content-Type": "application/json"}
    expect.problems(context.send("POST", f"{API}/txt2img", data="{bad", headers=headers))


@check("AUTH-006")
def second_user(context: CheckContext) -> None:
    """Another user of the list, if the operator named one."""
    second = context.settings.second_auth
    if second is None:
        raise NotApplicable("the operator named one user; name another with --second-auth")
    expect.ok(context.get("samplers", headers={"Authorization": second.header}))


@check("AUTH-007")
def routes_without_a_body(context: CheckContext) -> None:
    """The routes that act at once, asked without credentials and with a wrong password."""
    auth = _credentials(context)
    try:
        for name in _WITHOUT_BODY:
            if claims(context.profile, "POST", f"{API}/{name}"):
                for header in (None, _wrong(auth).header):
                    _denied(context, "POST", f"{API}/{name}", {"Authorization": header})
    except Failed:
        # Whatever was let through may have unloaded the model.
        context.post("reload-checkpoint")
        raise


def _near(auth: Basic, second: Credentials | None) -> Iterator[Credentials]:
    """Credentials that a careless comparison takes for the right ones."""
    user, password = auth.user, auth.password
    yield Basic(f"{user}-conformance", password)
    yield Bearer(password or "conformance")
    for other in {"", password[:-1], password.swapcase()} - {password}:
        yield Basic(user, other)
    if isinstance(second, Basic) and second.password != password:
        yield Basic(user, second.password)


def _credentials(context: CheckContext) -> Credentials:
    auth = context.settings.auth
    if auth is None:
        raise NotApplicable(
            "the server lets everybody in; with --auth user:password this is looked at",
        )
    return auth


def _basic(context: CheckContext) -> Basic:
    auth = _credentials(context)
    if isinstance(auth, Basic):
        return auth
    raise Skip("the credentials given are no user and password")


def _wrong(auth: Credentials) -> Credentials:
    if isinstance(auth, Basic):
        return Basic(auth.user, f"{auth.password}-conformance")
    return Bearer(f"{auth.token}-conformance")


def _guarded(context: CheckContext) -> Iterator[tuple[str, str]]:
    """Method and path of the routes that must ask, those that this server has to have."""
    for route in known_routes():
        method, _, path = route.partition(" ")
        asked = method == "GET" or path.removeprefix(f"{API}/") in _WITH_BODY
        has = claims(context.profile, method, path) and not context.switched_off(path)
        if asked and path not in _OPEN and has:
            yield method, path


def _denied(context: CheckContext, method: str, path: str, headers: dict[str, Any]) -> Exchange:
    __tracebackhide__ = True
    body = {"json": [1]} if method == "POST" else {}
    exchange = context.exchange(method, path, headers=headers, **body)
    if exchange.status != 401:  # noqa: PLR2004 - HTTP's own
        if names_itself(exchange):
            seen(exchange)
        expected = f"401 for {method} {path} with these credentials"
        raise Failed(expected, expect.answered(exchange), exchange, whoever=True)
    return exchange
