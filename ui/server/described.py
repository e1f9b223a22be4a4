"""The docstrings of records' fields, as descriptions in the schemas that programs are shown.

Reading them from the source takes a tenth of a second, which only who asks for the schema pays.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from corpus.passage import Record


def docstrings_of(record: type[BaseModel]) -> dict[str, str]:
    """Return what stands under each field of a record, those of its bases included."""
    found: dict[str, str] = {}
    for one in reversed(record.__mro__):
        if not issubclass(one, BaseModel) or one.__module__.startswith("pydantic"):
            continue
        (made,) = ast.parse(dedent(getsource(one))).body
        for field, said in pairwise(made.body if isinstance(made, ast.ClassDef) else ()):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                text = said.value if isinstance(said, ast.Expr) else None
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found[field.target.id] = cleandoc(text.value)
    return found


def add_docstrings(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Let schemas, by the names of their records, say what each field is."""
    records = {one.__name__: one for one in _below(Record)}
    for name, part in schemas.items():
        told = docstrings_of(records[name]) if name in records else {}
        for field, shown in part.get("properties", {}).items():
            if field in told:
                shown.setdefault("description", told[field])


def describe(server: FastAPI) -> None:
    """Let the schema of a server say what each field of a record is."""
    plain = server.openapi

    def openapi() -> dict[str, Any]:
        schema = plain()
        add_docstrings(schema["components"]["schemas"])
        return schema

    server.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's own guide has it


def _below(record: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in record.__subclasses__():
        yield one
        yield from _below(one)
