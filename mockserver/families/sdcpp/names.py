"""Which sampler and which scheduler a name means; "" where it means none, which is no error.

Source: examples/server/routes_sdapi.cpp, get_sdapi_sample_method; recorded: t2i-sampler/*,
t2i-field/sampler_name-*, scheduler-*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.families.sdcpp.server import Sdcpp

_DEFAULT = "default"
#: Names that the webui or others use, in lower case.
_ALIASES = {
    "euler a": "euler_a",
    "k_euler_a": "euler_a",
    "euler": "euler",
    "k_euler": "euler",
    "heun": "heun",
    "k_heun": "heun",
    "dpm2": "dpm2",
    "k_dpm_2": "dpm2",
    "lcm": "lcm",
    "ddim": "ddim_trailing",
    "dpm++ 2m": "dpm++2m",
    "k_dpmpp_2m": "dpm++2m",
    "dpm++ 2m sde": "dpm++2m_sde",
    "k_dpmpp_2m_sde": "dpm++2m_sde",
    "res multistep": "res_multistep",
    "k_res_multistep": "res_multistep",
    "res 2s": "res_2s",
    "k_res_2s": "res_2s",
}
#: Of two names for one scheduler, the one that is not told.
_SAME = {"normal": "discrete"}


def sampler_named(server: Sdcpp, name: str) -> str:
    """The sampler of its own name, or of an alias in any case."""
    if name == _DEFAULT:
        return ""
    return name if name in server.names("samplers") else _ALIASES.get(name.lower(), "")


def scheduler_named(server: Sdcpp, name: str) -> str:
    """The scheduler of its own name."""
    if name == _DEFAULT or name not in server.names("schedulers"):
        return ""
    return _SAME.get(name, name)
