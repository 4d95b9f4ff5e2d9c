"""Request validation as pydantic 1 and FastAPI 0.94 do it."""

from mockserver.validation.body import ABSENT, UnreadableBody, decode_body
from mockserver.validation.complaint import describe, missing
from mockserver.validation.kind import Mapping
from mockserver.validation.model import Field, Model, Valid
from mockserver.validation.models import Models

__all__ = [
    "ABSENT",
    "Field",
    "Mapping",
    "Model",
    "Models",
    "UnreadableBody",
    "Valid",
    "decode_body",
    "describe",
    "missing",
]
