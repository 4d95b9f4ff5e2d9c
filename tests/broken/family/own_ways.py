"""Servers that do something else for some values alone, and report what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.generation import liar
from broken.layer import rewrite_parameters
from broken.registry import broken

if TYPE_CHECKING:
    from collections.abc import Callable


def _taken_for(name: str, value: Any, other: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """One value of a field is taken for another."""
    return lambda payload: payload | ({name: other} if payload.get(name) == value else {})


for _sampler in ("Euler a", "DPM++ 2M"):
    broken(
        f"own-ways/{_sampler}",
        f"{_sampler} is reported, and Euler makes the picture",
        convicted_by=["TXT2IMG-109"],
    )(liar(_taken_for("sampler_name", _sampler, "Euler")))

broken(
    "own-ways/karras",
    "the schedule karras is reported, and the default one makes the picture",
    convicted_by=["TXT2IMG-082"],
)(liar(_taken_for("scheduler", "karras", "automatic")))

broken(
    "own-ways/seeds-of-31-bits",
    "the highest bit of a seed is lost",
    convicted_by=["TXT2IMG-017"],
)(liar(lambda payload: payload | {"seed": payload["seed"] % 2**31}))

broken(
    "own-ways/ascii-alone",
    "letters beyond ASCII make no difference",
    convicted_by=["TXT2IMG-076"],
)(liar(lambda p: p | {"prompt": p["prompt"].encode("ascii", "ignore").decode()}))

broken(
    "own-ways/first-style-alone",
    "of several styles the first one makes the picture",
    convicted_by=["TXT2IMG-083"],
)(liar(lambda payload: payload | {"styles": payload["styles"][:1]}, lambda p: p.get("styles")))

broken(
    "own-ways/cfg-of-whole-numbers",
    "fractions of the CFG scale make no difference",
    convicted_by=["TXT2IMG-078"],
)(liar(lambda payload: payload | {"cfg_scale": int(payload["cfg_scale"])}))

for _field, _value, _id in (
    ("alwayson_scripts", {}, "TXT2IMG-057"),
    ("script_name", None, "TXT2IMG-090"),
    ("enable_hr", False, "TXT2IMG-050"),
    ("scheduler", None, "TXT2IMG-073"),
    ("height", 64, "TXT2IMG-073"),
):
    broken(
        f"own-ways/parameters-{_field}",
        f"parameters has another {_field} than was sent",
        convicted_by=[_id],
    )(
        lambda sound, name=_field, value=_value: rewrite_parameters(
            sound, lambda found: found | {name: value}
        )
    )
