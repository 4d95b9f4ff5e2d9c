"""Pictures: painted, encoded, decoded, resized; the one place that uses Pillow."""
