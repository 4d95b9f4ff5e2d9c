"""The server that comes with stable-diffusion.cpp."""
