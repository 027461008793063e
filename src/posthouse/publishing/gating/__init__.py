"""Gates and plans: what a person needs for an action, a subscription or a search."""
