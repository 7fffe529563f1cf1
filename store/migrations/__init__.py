"""Alembic's room: how a store of an older version is brought up to date."""
