"""Whether a request has the shape that the library's own typed parameter dictionaries give it."""

from __future__ import annotations

import collections.abc
import importlib
import re
import typing
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from stripe import RequestOptions


class ApiError(Exception):
    """An answer in Stripe's shape: HTTP status, type, code, message, and the parameter at fault."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "", param: str = ""
    ):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": message, "param": param}}


def decode(body: str) -> dict[str, Any]:
    """Form fields such as ``line_items[0][price_data][currency]=cny`` as nested dictionaries and lists."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        path = re.findall(r"[^\[\]]+", name)
        place = root
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    return typing.cast("dict[str, Any]", _lists(root))


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(part) for key, part in value.items()}


@cache
def _fields(shape: Any) -> dict[str, Any]:
    """The fields of a typed dictionary with their types; what concerns the transport is left out."""
    names = {**vars(typing), **vars(collections.abc), "StripeContext": object}
    names |= vars(importlib.import_module(shape.__module__))
    own = {name: kind for name, kind in shape.__annotations__.items() if name not in RequestOptions.__annotations__}
    return {name: _resolved(kind, names) for name, kind in own.items()}


def _resolved(kind: Any, names: dict[str, Any]) -> Any:
    while isinstance(kind, (str, typing.ForwardRef)):
        kind = eval(kind if isinstance(kind, str) else kind.__forward_arg__, names)
    if getattr(typing.get_origin(kind), "__name__", "") in ("NotRequired", "Required"):
        return _resolved(typing.get_args(kind)[0], names)
    if typing.get_origin(kind) in (list, typing.Union) and typing.get_args(kind):
        parts = tuple(_resolved(part, names) for part in typing.get_args(kind))
        return list[parts[0]] if typing.get_origin(kind) is list else typing.Union[parts]  # type: ignore[valid-type]  # noqa: UP007
    return kind


def check(params: dict[str, Any], shape: Any, path: str = "") -> None:
    """``ApiError`` names an unknown, missing or wrong parameter by its path."""
    fields = _fields(shape)
    for name in params:
        if name not in fields:
            where = f"{path}[{name}]" if path else name
            raise ApiError(400, f"Received unknown parameter: {where}", code="parameter_unknown", param=where)
    for name in sorted(shape.__required_keys__ & fields.keys()):
        if name not in params:
            where = f"{path}[{name}]" if path else name
            raise ApiError(400, f"Missing required param: {where}.", code="parameter_missing", param=where)
    for name, value in params.items():
        _check_value(value, fields[name], f"{path}[{name}]" if path else name)


def _check_value(value: Any, kind: Any, path: str) -> None:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        if not isinstance(value, list):
            raise _wrong(path, "an array")
        for number, part in enumerate(value):
            _check_value(part, parts[0], f"{path}[{number}]")
    elif origin is typing.Union:
        _check_union(value, parts, path)
    elif origin is typing.Literal:
        if value not in parts:
            raise _wrong(path, f"one of {', '.join(map(str, parts))}")
    elif hasattr(kind, "__required_keys__"):
        if not isinstance(value, dict):
            raise _wrong(path, "an object")
        check(value, kind, path)
    elif kind is int and not re.fullmatch(r"-?\d+", str(value)):
        raise _wrong(path, "an integer")
    elif kind is bool and value not in ("true", "false"):
        raise _wrong(path, "a boolean")
    elif kind in (str, Decimal) and not isinstance(value, str):
        raise _wrong(path, "a string")


def _check_union(value: Any, parts: tuple[Any, ...], path: str) -> None:
    """An enumeration is written ``Literal[…] | str``: only its members pass."""
    literals = [part for part in parts if typing.get_origin(part) is typing.Literal]
    others = [part for part in parts if part not in literals and not (literals and part is str)]
    if isinstance(value, str) and literals:
        allowed = [word for part in literals for word in typing.get_args(part)]
        if value in allowed:
            return None
        if not others:
            raise _wrong(path, f"one of {', '.join(map(str, allowed))}")
    problems = []
    for part in others:
        if typing.get_origin(part) is dict and isinstance(value, dict):
            return None
        try:
            return _check_value(value, part, path)
        except ApiError as problem:
            problems.append(problem)
    raise problems[0] if problems else _wrong(path, "another value")


def _wrong(path: str, wanted: str) -> ApiError:
    return ApiError(400, f"Invalid {path}: must be {wanted}", code="parameter_invalid", param=path)
