"""Live deployments: reached, judged as their operator wishes, and left as they were."""
