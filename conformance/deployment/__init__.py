"""What an operator asks of a server: configuration, expectations, waivers, the undo journal."""
