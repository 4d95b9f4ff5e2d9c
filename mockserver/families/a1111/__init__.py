"""AUTOMATIC1111's stable-diffusion-webui, of which the domain in ``mockserver.webui`` tells."""

from mockserver.families.a1111.family import FAMILY

__all__ = ["FAMILY"]
