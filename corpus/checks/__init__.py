"""What has to hold of framework, notes, glossary and signposting, and what does not."""
