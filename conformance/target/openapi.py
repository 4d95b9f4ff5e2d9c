"""What a server's own /openapi.json says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_TXT2IMG = ("StableDiffusionProcessingTxt2Img", "ReqTxt2Img")


@dataclass(frozen=True)
class OpenApi:
    """The parts of a document that tell servers apart; empty where there is none.

    Args:
        title: of the document.
        paths: path -> methods in upper case.
        fields: names of txt2img's request fields.
    """

    title: str = ""
    paths: dict[str, frozenset[str]] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()

    @classmethod
    def read(cls, document: Any) -> OpenApi:
        """Read a document, whatever it is; parts of the wrong shape count as absent."""
        root = _object(document)
        return cls(
            title=str(_object(root.get("info")).get("title", "")),
            paths={path: _methods(value) for path, value in _object(root.get("paths")).items()},
            fields=_fields(root),
        )

    def lists(self, method: str, path: str) -> bool:
        """Whether the document lists a route."""
        return method in self.paths.get(path, ())


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _methods(value: Any) -> frozenset[str]:
    return frozenset(name.upper() for name in _object(value))


def _fields(root: dict[str, Any]) -> frozenset[str]:
    schemas = _object(_object(root.get("components")).get("schemas"))
    models = (_object(schemas.get(name)) for name in _TXT2IMG)
    return frozenset(name for model in models for name in _object(model.get("properties")))
