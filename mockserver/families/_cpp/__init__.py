"""What the servers written in C++ share: nlohmann's JSON, 32-bit numbers, stb_image, pictures."""
