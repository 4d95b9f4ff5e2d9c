"""Which sampler a name means.

Source: otherarch/sdcpp/sdtype_adapter.cpp, sampler_from_name, at v1.111; recorded:
t2i-field/sampler_name-*, sampler_index-* (which is not read).
"""

from __future__ import annotations

from typing import Any

#: Samplers by their own name.
_OWN = (
    "euler",
    "euler_a",
    "heun",
    "dpm2",
    "dpm++2s_a",
    "dpm++2m",
    "dpm++2mv2",
    "ipndm",
    "ipndm_v",
    "lcm",
    "ddim_trailing",
    "tcd",
    "res_multistep",
    "res_2s",
)
_ALIASES = {
    "euler a": "euler_a",
    "k_euler_a": "euler_a",
    "k_euler": "euler",
    "k_heun": "heun",
    "k_dpm_2": "dpm2",
    "k_lcm": "lcm",
    "ddim": "ddim_trailing",
    "dpm++ 2m karras": "dpm++2m",
    "dpm++ 2m": "dpm++2m",
    "k_dpmpp_2m": "dpm++2m",
    "res multistep": "res_multistep",
    "k_res_multistep": "res_multistep",
    "res 2s": "res_2s",
    "k_res_2s": "res_2s",
}


def listed_sampler(name: str, rows: list[dict[str, Any]], default: str) -> str:
    """The sampler of a name that the list of samplers knows; `default` for any other.

    A sampler's own name is its first alias; one without aliases is known by its name alone, in
    its own case.

    Args:
        name: as it was sent.
        rows: the list of samplers.
        default: the model's own sampler.
    """
    for row in rows:
        known = [row["name"], *row["aliases"]]
        if row["aliases"] and name.lower() in [alias.lower() for alias in known]:
            return str(row["aliases"][0])
    plain = {row["name"] for row in rows if not row["aliases"]} - {"default"}
    return name if name in plain else default


def sampler_named(name: str, default: str) -> str:
    """The sampler of a name in any case; `default` for a name that is none."""
    name = name.lower()
    return name if name in _OWN else _ALIASES.get(name, default)
