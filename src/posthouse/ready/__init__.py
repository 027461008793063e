"""Ready-made apps, to be named beside one's own."""
