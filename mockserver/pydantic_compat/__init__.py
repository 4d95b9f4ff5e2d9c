"""Request validation as pydantic 1 or 2 and FastAPI do it."""
