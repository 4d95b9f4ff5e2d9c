"""Tiled Diffusion, DemoFusion and Tiled VAE: large pictures in little memory."""

from mockserver.extensions.tiled_diffusion.extension import EXTENSION

__all__ = ["EXTENSION"]
