"""How messages leave: .eml files, or SMTP to a relay. Wire code only; what an outcome means is decided above."""
