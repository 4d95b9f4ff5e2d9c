"""HTTP: apps, what lies around their answers, and the servers behind which they run."""
