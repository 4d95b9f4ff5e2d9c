"""Which class of scheduler a sampler's name stands for.

Source: modules/sd_samplers_diffusers.py; recorded: group t2i-sampler of sdnext-2026-07.
"""

from __future__ import annotations

_SUFFIX = "Scheduler"
#: Samplers, or the beginning of several samplers' names, to their class. The longest one counts.
_CLASSES = {
    "ABNorsett": "ABNorsett",
    "BDIA DDIM": "BDIA_DDIM",
    "CMSI": "CMStochasticIterative",
    "CogX DDIM": "CogVideoXDDIM",
    "DC Solver": "DCSolverMultistep",
    "DDIM": "DDIM",
    "DDIM Parallel": "DDIMParallel",
    "DDPM": "DDPM",
    "DDPM Parallel": "DDPMParallel",
    "DEIS": "DEISMultistep",
    "DEIS-Multistep": "RESDEISMultistep",
    "DEIS-Unified": "RESUnified",
    "DPM SDE": "DPMSolverSDE",
    "DPM++": "DPMSolverMultistep",
    "DPM++ 1S": "DPMSolverSinglestep",
    "DPM++ 2M EDM": "EDMDPMSolverMultistep",
    "DPM++ 2M Inverse": "DPMSolverMultistepInverse",
    "DPM++ 3M Inverse": "DPMSolverMultistepInverse",
    "DPM++ Cosine": "CosineDPMSolverMultistep",
    "DPM++ Inverse": "DPMSolverMultistepInverse",
    "ER-SDE": "ERSDE",
    "ETD-RK": "ETDRK",
    "Euler": "EulerDiscrete",
    "Euler EDM": "EDMEuler",
    "Euler a": "EulerAncestralDiscrete",
    "Gauss-Legendre": "GaussLegendre",
    "Heun": "HeunDiscrete",
    "IPNDM": "IPNDM",
    "KDPM2": "KDPM2Discrete",
    "KDPM2 a": "KDPM2AncestralDiscrete",
    "LCM": "LCM",
    "LMSD": "LMSDiscrete",
    "Langevin Dynamics": "LangevinDynamics",
    "Lawson": "Lawson",
    "Linear-RK": "LinearRK",
    "Lobatto": "Lobatto",
    "PEC": "PEC",
    "PNDM": "PNDM",
    "PeRFlow": "PeRFlow",
    "RES-Multistep": "RESMultistep",
    "RES-SDE": "RESSinglestepSDE",
    "RES-Singlestep": "RESSinglestep",
    "RES-Unified": "RESUnified",
    "Radau IIA": "RadauIIA",
    "Runge-Kutta 4/4": "RungeKutta44",
    "Runge-Kutta 5/7": "RungeKutta57",
    "Runge-Kutta 6/7": "RungeKutta67",
    "SA Solver": "SASolver",
    "Specialized-RK": "SpecializedRK",
    "TCD": "TCD",
    "TDD": "TDD",
    "UFOGen": "UFOGen",
    "UniPC": "UniPCMultistep",
    "VDM Solver": "VDM",
}
#: Ends of the names of sigma schedules, all of one class.
_SIGMA, _COMMON = " Sigma", "CommonSigma"
#: Ends of the names of samplers for flow models: any other model takes the sampler of the same
#: name without it, or its own where there is none. Recorded: Euler FlowMatch, DPM2 FlowMatch,
#: Hyperbolic Flow.
_FLOW = (" FlowMatch", " Flow")


def scheduler_class(sampler: str, default: str) -> str:
    """Name of the scheduler's class.

    Args:
        sampler: a listed name.
        default: class of the scheduler that the model brings with it.
    """
    flow = next((end for end in _FLOW if sampler.endswith(end)), "")
    plain = sampler.removesuffix(flow)
    if flow and plain not in _CLASSES and not plain.startswith("ER-SDE"):
        return default
    if plain.endswith(_SIGMA):
        return _COMMON + _SUFFIX
    known = [name for name in _CLASSES if plain == name or plain.startswith(f"{name} ")]
    return _CLASSES[max(known, key=len)] + _SUFFIX if known else default
