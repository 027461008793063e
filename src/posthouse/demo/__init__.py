"""What `posthouse demo` serves: the town board of the examples, and a bot beside it."""
