"""An answer as HTML: sections, citations, the panel with the source."""
