"""`decode` on Posthouse: all types, unknown keys kept."""

from benchmarks.decoding import main
from posthouse.telegram import decode_update

if __name__ == "__main__":
    main(decode_update)
