"""``sdapi-check load``: how many people a deployment can serve."""
