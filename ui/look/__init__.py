"""How pages look: escaping, colours and type, the notice, plots."""
