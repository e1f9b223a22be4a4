"""Files of the corpus, each kind read into passages by a module of its own."""
