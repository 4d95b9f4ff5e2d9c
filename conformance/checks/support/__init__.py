"""What checks share: assertions, pictures, and facts about the server."""
