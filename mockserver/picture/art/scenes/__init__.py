"""What pictures show: each scene draws on a canvas with a palette and dice."""
