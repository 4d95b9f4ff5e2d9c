"""The mock's art: scenes composed from shapes, gradients and noise, by a recipe."""
