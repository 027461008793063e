"""`decode` on aiogram: pydantic, straight from JSON."""

from aiogram.types import Update

from benchmarks.decoding import main

if __name__ == "__main__":
    main(Update.model_validate_json)
