"""Addressees: their model, reading lists, choosing an audience."""
