"""Running actions: what a press on a button and a timer that came due do."""
