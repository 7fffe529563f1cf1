"""How a letter looks: compiled forms, plain text, HTML, DOCX, and the built-in templates."""
