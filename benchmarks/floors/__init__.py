"""Floors: the least that must be done, written by hand without a framework."""
