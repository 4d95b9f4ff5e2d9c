"""img2img that leaves out fields it shares with txt2img, and hires fix that leaves out its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from broken.generation import drops, liar, on_img2img, set_options
from broken.layer import GENERATIONS, answer_with, rewrite_request, without
from broken.registry import broken
from broken.rework import does, fixed, takes
from doubles import reply

from conformance.client.address import Basic

if TYPE_CHECKING:
    from doubles import Ask, Reply, Server

_LEFT_OUT = [
    ("negative_prompt", "IMG2IMG-049"),
    ("cfg_scale", "IMG2IMG-050"),
    ("sampler_name", "IMG2IMG-052"),
    ("scheduler", "IMG2IMG-053"),
    ("styles", "IMG2IMG-054"),
    ("tiling", "IMG2IMG-056"),
    ("inpaint_full_res_padding", "IMG2IMG-058"),
]
for _field, _id in _LEFT_OUT:
    broken(
        f"img2img-fields/{_field}",
        f"img2img reports {_field} as it was sent, and paints without it",
        convicted_by=[_id],
    )(does(without(_field)))

broken(
    "img2img-fields/steps",
    "img2img paints in two steps, whatever it reports",
    convicted_by=["IMG2IMG-051"],
)(does(fixed(steps=2)))

broken(
    "img2img-fields/script",
    "img2img runs no script",
    convicted_by=["IMG2IMG-055"],
)(takes(without("script_name", "script_args")))

broken(
    "img2img-fields/overrides",
    "img2img drops override_settings",
    convicted_by=["IMG2IMG-057"],
)(takes(without("override_settings")))


broken(
    "img2img-fields/overrides-reported",
    "img2img reports override_settings, and paints without them",
    convicted_by=["IMG2IMG-060"],
)(does(without("override_settings")))


@broken(
    "img2img-fields/latent-resize",
    "img2img refuses resize_mode 3",
    convicted_by=["IMG2IMG-059"],
)
def no_latent_resize(sound: Server) -> Server:
    refusal = reply({"error": "ValueError", "detail": "", "body": "", "errors": "3"}, 500)
    return answer_with(
        sound,
        "/img2img",
        refusal,
        when=lambda ask: isinstance(ask.json, dict) and ask.json.get("resize_mode") == 3,
    )


def _leaves(sound: Server, when: Any) -> Server:
    """A server on which the overrides of some requests stay."""

    def answer(ask: Ask) -> Reply:
        given = sound(ask)
        if ask.method == "POST" and ask.route.endswith(GENERATIONS) and when(ask, given):
            values = ask.json.get("override_settings") if isinstance(ask.json, dict) else None
            if values:
                set_options(sound, values)
        return given

    return answer


broken(
    "img2img-fields/overrides-stay",
    "the overrides of img2img stay",
    convicted_by=["IMG2IMG-057"],
)(lambda sound: _leaves(sound, lambda ask, _: on_img2img(ask)))

broken(
    "overrides/stay-after-a-failure",
    "the overrides of a request that fails stay",
    convicted_by=["TXT2IMG-104"],
)(lambda sound: _leaves(sound, lambda _, given: given.status != 200))

broken(
    "hires-fields/scale",
    "hr_scale is always 2",
    convicted_by=["TXT2IMG-105"],
)(drops("hr_scale"))

_HIRES = [
    ("hr_upscaler", "TXT2IMG-106"),
    ("hr_second_pass_steps", "TXT2IMG-107"),
    ("hr_prompt", "TXT2IMG-108"),
]
for _field, _id in _HIRES:
    broken(
        f"hires-fields/{_field}",
        f"hires fix reports {_field} and paints without it",
        convicted_by=[_id],
    )(liar(without(_field), when=lambda payload: payload.get("enable_hr")))


@broken(
    "requests/negative-prompt-remembered",
    "a request without a negative prompt gets that of the one before",
    convicted_by=["TXT2IMG-095"],
)
def negative_prompt_remembered(sound: Server) -> Server:
    kept: dict[str, Any] = {}

    def edit(payload: dict[str, Any]) -> dict[str, Any]:
        found = {**kept, **payload}
        kept.update({n: v for n, v in payload.items() if n == "negative_prompt"})
        return found

    return rewrite_request(sound, "/txt2img", edit)


# Credentials that are not looked at closely

_USERS = (("user", "pass"), ("other", "word"))
_RIGHT = Basic("user", "pass")
_GUARDED: dict[str, Any] = {
    "started": {"auth": _USERS},
    "context_settings": {"auth": _RIGHT, "second_auth": Basic("other", "word")},
}


def _let_in(when: Any) -> Any:
    """A server that takes other credentials for the right ones."""

    def breaking(sound: Server) -> Server:
        def answer(ask: Ask) -> Reply:
            if not when(ask):
                return sound(ask)
            headers = {n: v for n, v in ask.headers.items() if n.lower() != "authorization"}
            return sound(replace(ask, headers=headers | {"Authorization": _RIGHT.header}))

        return answer

    return breaking


def _sends(*given: Any) -> Any:
    wanted = {credentials.header for credentials in given}
    return lambda ask: ask.headers.get("Authorization") in wanted


for _name, _words, _when in (
    ("empty-password", "no password is taken for the right one", _sends(Basic("user", ""))),
    ("any-case", "passwords are compared without their case", _sends(Basic("user", "PASS"))),
    ("first-letters", "the first letters of a password do", _sends(Basic("user", "pas"))),
    ("password-of-another", "any user's password does", _sends(Basic("user", "word"))),
):
    broken(f"auth/{_name}", _words, convicted_by=["AUTH-002"], **_GUARDED)(_let_in(_when))

for _route in ("interrupt", "unload-checkpoint", "refresh-vae"):
    broken(
        f"auth/open-{_route}",
        f"{_route} asks for no credentials",
        convicted_by=["AUTH-007"],
        **_GUARDED,
    )(_let_in(lambda ask, route=_route: ask.route.endswith(f"/{route}")))

broken(
    "auth/open-create-embedding",
    "create/embedding asks for no credentials",
    convicted_by=["AUTH-001"],
    **_GUARDED,
)(_let_in(lambda ask: ask.route.endswith("/create/embedding")))
