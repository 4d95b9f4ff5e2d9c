"""What the servers on stable-diffusion.cpp share: 32-bit numbers, stb_image, pictures."""
