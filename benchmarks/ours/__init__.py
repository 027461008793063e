"""Posthouse, measured."""
