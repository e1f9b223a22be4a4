"""Files under SIGNPOST_HOME: written whole or not at all, hashed, and with errors that say why."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from assistant.errors import CertificateError, IndexBusy, SignpostError, StoreError

_REASONS = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "the disk quota is used up; make room",
    errno.EROFS: "it is read-only; set SIGNPOST_HOME to a folder that can be written",
    errno.EACCES: "permission is denied; set SIGNPOST_HOME to a folder that can be written",
    errno.EPERM: "permission is denied; set SIGNPOST_HOME to a folder that can be written",
    errno.ENOTDIR: "a file stands where a folder should; set SIGNPOST_HOME to a folder",
    errno.EEXIST: "a file stands where a folder should; set SIGNPOST_HOME to a folder",
}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an operating system error into a `StoreError`: one sentence about `path`."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {reason_of(error)}.") from error


def reason_of(error: OSError) -> str:
    """Return why, and where known what to do, without a full stop."""
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


@contextmanager
def alone(path: Path, doing: str) -> Iterator[None]:
    """Hold a lock file, in a folder that is there, which no other process holds meanwhile.

    `IndexBusy` where another process does the same, `StoreError` where it cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0)
    with writing(path.parent):
        try:
            lock.acquire()
        except Timeout:
            raise IndexBusy(f"Another process is {doing}; wait until it is done.") from None
    try:
        yield
    finally:
        lock.release()


def write_whole(
    path: Path, data: bytes | Iterable[bytes], *, private: bool = True, lasting: bool = True
) -> None:
    """Write a file, or raise `OSError`; a reader sees the old or the new, also after a crash.

    What is not `private` may be read by whoever could read the old file, or can read any new one;
    what is not `lasting` may be lost in a power cut.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    opener = partial(os.open, mode=0o600 if private else 0o666)
    try:
        with open(temporary, "xb", opener=opener) as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        if not private:
            with suppress(FileNotFoundError):
                temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if lasting:
        sync_folder(path.parent)


def check_free(path: Path, error: type[SignpostError] = CertificateError) -> None:
    """Check that no file is there, which is never replaced, or raise an error of this kind."""
    if path.exists() or path.is_symlink():
        raise error(f"{path} is there already; remove it, or name another file.")
    if not path.parent.is_dir():
        raise error(f"{path.parent} is no folder; make it, or name a file elsewhere.")


def read_text(path: Path, error: type[SignpostError], what: str, wanted: str) -> str:
    """Return a file's text, in UTF-8 with or without a mark, or raise an error of this kind."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not UTF-8"
        raise error(f"{what} {path} cannot be read: {reason}; {wanted}.") from None


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened as a file
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp_of(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a file is written: inode, size, times of content and inode."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
