"""Signatures that the plugin puts in place of overloads."""

from __future__ import annotations

from mypy.nodes import ARG_NAMED
from mypy.types import AnyType, CallableType, TypeOfAny


def passed_over(signature: CallableType) -> CallableType:
    """A signature that fits no call: its one argument has a name that cannot be written.

    mypy asks the plugin for each overload, and tries all those that fit: one is enough where the hook looks at the
    arguments itself.
    """
    return signature.copy_modified(arg_types=[AnyType(TypeOfAny.special_form)], arg_kinds=[ARG_NAMED], arg_names=["…"])
