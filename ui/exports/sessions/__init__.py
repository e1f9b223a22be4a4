"""A training session as files: handout, guide, slides, quiz."""
