"""The demo bot that `posthouse demo` serves; it uses nothing but the public names."""
