"""Filling in forms: drafts, prompts, the preview, and what happens on submitting."""
