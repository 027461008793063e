"""Publishers: where the items of a topic come from, and the feeds that a topic gives out."""
