import pytest

from posthouse.adapters.web.settings import WebSettings, read_settings
from posthouse.errors import SettingsError


def test_without_settings_the_usual_holds() -> None:
    """Nothing has to be said."""
    assert read_settings({}) == WebSettings()


def test_every_mistake_is_listed_with_a_hint() -> None:
    """All at once."""
    with pytest.raises(SettingsError) as caught:
        read_settings(
            {"titel": "x", "path": "shop", "max_upload_bytes": True, "title": 5, "origins": "*"}
        )
    said = str(caught.value)
    assert "titel: no such setting; did you mean title?" in said
    for name in ("path:", "max_upload_bytes:", "title:", "origins:"):
        assert name in said


def test_what_is_given_is_taken() -> None:
    """Including a list of origins."""
    settings = read_settings({"path": "/shop", "origins": ["https://example.org"]})
    assert (settings.path, settings.origins) == ("/shop", ("https://example.org",))
