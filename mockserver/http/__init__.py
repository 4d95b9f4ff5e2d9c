"""The HTTP side: the Flask app, middleware, FastAPI's way of answering, and servers."""
