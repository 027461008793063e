"""`python -m posthouse` is the command `posthouse`."""

import sys

from posthouse.cli import main

if __name__ == "__main__":
    sys.exit(main())
