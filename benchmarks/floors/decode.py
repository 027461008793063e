"""`decode` on bare msgspec: with the few types of the sample, or with all types."""

from benchmarks.decoding import main, parser
from benchmarks.shapes import decode
from posthouse.adapters.telegram.api.fast import fast_decoder

if __name__ == "__main__":
    made = parser()
    made.add_argument("--all-types", action="store_true", help="not only those of the sample")
    asked = made.parse_args()
    main(fast_decoder("Update").decode if asked.all_types else decode, asked)
