"""A language model words an answer whose content is settled; nothing it adds is kept."""
