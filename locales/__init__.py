"""Languages: formats, protocol, catalogues, labels, states of the world; and their data."""
