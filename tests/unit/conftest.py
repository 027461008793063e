"""What unit tests share: property tests are not stopped by a clock, nor do they leave files."""

from hypothesis import settings

settings.register_profile("posthouse", deadline=None, database=None)
settings.load_profile("posthouse")
