"""`python -m posthouse` is the command `posthouse`."""

from posthouse.cli import main

if __name__ == "__main__":
    main()
