"""Other frameworks, measured on the same updates."""
