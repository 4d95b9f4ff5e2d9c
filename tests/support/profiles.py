"""Every profile of the mock, and what the judge has to take it for."""

from __future__ import annotations

#: Profile to the server that is detected, as ``sdapi-check --profile`` names it.
DETECTED = {
    "a1111-1.10.1": "a1111-1.10.1",
    "a1111-1.9.0": "a1111-1.9.0",
    "a1111-1.7.0": "a1111-1.7.0",
    "a1111-1.6.0": "a1111-1.6.0",
    "a1111-1.3.0": "a1111-1.3.0",
    "a1111-47a44c7": "a1111-47a44c7",
    "a1111-2022-10": "a1111-2022-10-27",
    "forge": "forge",
    "reforge": "reforge",
    "sdnext-2026-07": "sdnext",
    "forge-neo": "forge-neo",
    "ersatzforge": "forge-ersatz",
    "sdnext-2025-03": "sdnext",
    "koboldcpp-1.115.1": "kobold",
    "koboldcpp-1.111": "kobold",
    "sdcpp-master-827": "sdcpp",
}
