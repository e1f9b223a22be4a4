"""A framework as a graph: kinds, items, entities and links, with the terms of the glossary."""
