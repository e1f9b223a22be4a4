"""The root of the error tree and its lowest branch; `assistant/errors.py` draws the whole."""


class SignpostError(Exception):
    """Anything that a user can put right; its text is one sentence and is shown as it stands."""


class CorpusError(SignpostError):
    """A source, a framework file or a passage file cannot be read as what it claims to be."""
