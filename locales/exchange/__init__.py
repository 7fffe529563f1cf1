"""Translations on their way to translators' tools and back: PO, XLIFF, a Word table, a pack of all that helps."""
