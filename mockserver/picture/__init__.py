"""Pictures: painted, encoded, decoded, resized; the one place that uses Pillow."""

from mockserver.picture.spec import PictureSpec, Pixels, Start

__all__ = ["PictureSpec", "Pixels", "Start"]
