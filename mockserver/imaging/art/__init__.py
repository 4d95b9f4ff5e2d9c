"""The mock's art: scenes of flat shapes, drawn by a recipe in runs of one colour."""
