"""`route` with nothing but the decoder, two tables and the encoder."""

from benchmarks.floors.table import route
from benchmarks.routing import main

if __name__ == "__main__":
    main(route)
