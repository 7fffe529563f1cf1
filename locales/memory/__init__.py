"""What was translated before: sentences of six languages, looked up by likeness; TMX in and out."""
