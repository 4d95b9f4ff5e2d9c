"""What a load test measures and decides, without any input or output."""
