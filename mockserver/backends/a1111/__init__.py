"""AUTOMATIC1111's stable-diffusion-webui and the forks that kept its shape."""
