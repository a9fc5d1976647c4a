"""Templates in a sandbox, and what becomes of them: html, text, links and MIME."""
