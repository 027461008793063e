"""Adapters: the code that speaks one messenger each."""
