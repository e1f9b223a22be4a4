"""Operators' own files, read to Documents: PDF, DOCX, HTML, Markdown and plain text."""

from corpus.readers.documents.sandbox import SUFFIXES, read_content, read_document
from corpus.readers.documents.section import Document, DocumentSection

__all__ = ["SUFFIXES", "Document", "DocumentSection", "read_content", "read_document"]
