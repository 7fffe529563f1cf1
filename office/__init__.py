"""The ground floor: office.toml, findings and errors, the clock, the restricted expression language, tokens."""
