"""What an operator expects of a server, as requirements and checks."""
