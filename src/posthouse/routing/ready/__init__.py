"""Middlewares that come with Posthouse."""
