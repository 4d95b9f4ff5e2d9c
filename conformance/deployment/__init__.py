"""What an operator asks of a server: configuration, expectations, waivers, the undo journal."""

# Looked for in the current folder where no file and no address is given.
FILE_NAME = "sdapi.toml"
