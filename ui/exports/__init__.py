"""Answers as files: text, Markdown, DOCX, a certificate, a brief of one page."""
