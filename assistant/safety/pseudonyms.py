"""Users under a keyed hash, whose key stays in the home beside what it is for."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from pathlib import Path

from assistant.errors import StoreError
from assistant.home import write_whole

KEY_BYTES = 32
"""Length of the key."""


def pseudonym(name: str, key_file: Path) -> str:
    """Return the keyed hash of a name, hexadecimal; a key is made where there is none.

    The key is read each time: another process may have removed it, with all records, since. The
    caller keeps other processes out.

    Raises:
        StoreError: the key is damaged.
    """
    try:
        key = key_file.read_bytes()
    except FileNotFoundError:
        key = secrets.token_bytes(KEY_BYTES)
        write_whole(key_file, key)  # which only its owner may read
    if len(key) != KEY_BYTES:
        raise StoreError(f"The key {key_file} is damaged; remove it, and users get new pseudonyms.")
    return hmac.new(key, name.encode(), sha256).hexdigest()[:32]
