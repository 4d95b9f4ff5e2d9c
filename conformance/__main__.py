"""``python -m conformance`` is ``sdapi-check``."""

from conformance.cli import main

if __name__ == "__main__":
    main()
