"""The error tree; each error is one sentence that says what is wrong and what to do."""

from corpus.errors import CorpusError as CorpusError
from corpus.errors import DocumentError as DocumentError
from corpus.errors import SignpostError as SignpostError


class SettingsError(SignpostError):
    """An environment variable is unknown, or its value is out of range."""


class QuestionError(SignpostError):
    """A question is empty, too long or not text."""


class ModelError(SignpostError):
    """A model is missing or silent, or its files do not have the pinned hash."""


class StoreError(SignpostError):
    """The home folder or a store cannot be read or written."""


class IndexMissing(StoreError):
    """No index has been built yet."""


class IndexMismatch(StoreError):
    """The index was built from another corpus, model or version."""


class IndexBusy(StoreError):
    """Another process is building the index."""


class LibraryError(SignpostError):
    """A library is not there, or cannot be changed as asked for."""


class AccessError(SignpostError):
    """An account is not as it must be, or the page may not be served so."""


class FeedbackError(SignpostError):
    """Feedback is about no answer of ours, is too long, or is too much for a day."""


class BatchError(SignpostError):
    """A batch file, case file or run folder is not in its form."""


class SupplyError(SignpostError):
    """What is installed is not as locked, or could not be audited or listed."""


class CertificateError(SignpostError):
    """A certificate cannot be given or written, or a file is none."""


class SessionError(SignpostError):
    """A training session cannot be made as asked for, or be written."""


class GapError(SignpostError):
    """A plan cannot be held against the framework, or an officer's judgement is none."""


class ExportError(SignpostError):
    """Answers may not, or cannot, be exported as asked for."""


class ExtraMissing(SignpostError):
    """What writes a form is not installed, or did not write it."""
