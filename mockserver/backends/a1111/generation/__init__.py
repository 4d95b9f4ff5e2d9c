"""Generation: what txt2img and img2img do between a valid request and its answer."""
