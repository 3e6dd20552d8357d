"""What the codecs of several dialects share: exact conversions, and checks that name the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from qb.errors import EncodingError
from qb.types import Enum, Json, Numeric, SqlType, Timestamp, Varchar

if TYPE_CHECKING:
    from decimal import Context, Decimal

MICROSECOND = timedelta(microseconds=1)


def shown(number: Any) -> str:
    """A number for a message. Python refuses to write very long ones."""
    is_long = isinstance(number, int) and number.bit_length() > 1000
    return f"a number of {number.bit_length()} bits" if is_long else str(number)


def integer(value: Any, type: SqlType) -> int:
    """A whole number of 64 bits (True and False are 1 and 0)."""
    if value.__class__ is not int:
        if not isinstance(value, int):
            raise EncodingError(f"{value!r} is no whole number, but the column is {type!r}")
        value = int(value)
    if -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
        return value  # type: ignore[no-any-return]  # an int
    raise EncodingError(f"{shown(value)} does not fit in the 64 bits of {type!r}: keep it as text, or as a numeric")


def truth(value: Any, type: SqlType) -> bool:
    """True or False."""
    if value is True or value is False:
        return value
    raise EncodingError(f"{value!r} is neither True nor False, but the column is {type!r}")


def real(value: Any, type: SqlType) -> float:
    """A float."""
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise EncodingError(f"{value!r} is no float ({error}), but the column is {type!r}") from error


def text(value: Any, type: SqlType) -> str:
    """A text of any length."""
    if value.__class__ is str or isinstance(value, str):
        return value
    raise EncodingError(f"{value!r} is no text, but the column is {type!r}")


def limited_text(value: Any, type: SqlType) -> str:
    """A text that is not too long."""
    assert isinstance(type, Varchar)
    if len(text(value, type)) > type.length:
        raise EncodingError(f"{value!r} has {len(value)} characters, but the column is {type!r}")
    return value  # type: ignore[no-any-return]  # a str


def data(value: Any, type: SqlType) -> Any:
    """Bytes."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return value
    raise EncodingError(f"{value!r} is no bytes")


@cache
def decimals() -> tuple[type[Decimal], Context]:
    """The class, and a context with room for all digits: imported when the first value needs them, once for all."""
    from decimal import Context, Decimal

    return Decimal, Context(prec=100)


def exact_decimal(value: Any, type: SqlType) -> Any:
    """A decimal that has no more digits than its type."""
    Decimal, _ = decimals()  # noqa: N806  # a class
    assert isinstance(type, Numeric)
    if isinstance(value, float) or not isinstance(value, (int, Decimal)):
        raise EncodingError(f"{value!r} is no Decimal, but the column is {type!r}")
    number = Decimal(value)
    if not number.is_finite():
        raise EncodingError(f"{value!r} is not finite, and {type!r} holds finite numbers only")
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    excess = -exponent - type.scale
    if excess > 0 and any(digits[-excess:]):
        raise EncodingError(
            f"{value} has more than {type.scale} digits after the point, but the column is {type!r}: round it first"
        )
    if number and number.adjusted() >= type.precision - type.scale:
        raise EncodingError(f"{shown(value)} is too large for {type!r}")
    return number


def calendar_date(value: Any, type: SqlType) -> date:
    """A date that is not a datetime, whose time of day would be lost."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise EncodingError(f"{value!r} is no date: pass .date() of a datetime")


def clock_time(value: Any, type: SqlType) -> time:
    """A time of day without a zone."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise EncodingError(f"{value!r} is no time of day without a zone")


def moment(value: Any, type: SqlType) -> datetime:
    """A datetime, aware (in UTC) or naive as its type says."""
    assert isinstance(type, Timestamp)
    if not isinstance(value, datetime):
        raise EncodingError(f"{value!r} is no datetime")
    if type.zone:
        if value.tzinfo is None:
            raise EncodingError(
                f"{value!r} has no zone, but the column is a moment in time: give it tzinfo, "
                f"or declare col.timestamp(zone=False)"
            )
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise EncodingError(f"{value!r} is outside of the calendar in UTC") from None
    if value.tzinfo is not None:
        raise EncodingError(f"{value!r} has a zone, but the column has none: declare col.timestamp(), or drop tzinfo")
    return value


def duration(value: Any, type: SqlType) -> timedelta:
    """A length of time."""
    if isinstance(value, timedelta):
        return value
    raise EncodingError(f"{value!r} is no timedelta")


def identifier(value: Any, type: SqlType) -> Any:
    """A UUID."""
    from uuid import UUID

    if isinstance(value, UUID):
        return value
    raise EncodingError(f"{value!r} is no uuid.UUID")


def json_text(value: Any, type: SqlType) -> str:
    """A JSON document. Only what JSON can hold comes back equal: no NaN, no keys but strings."""
    import json

    assert isinstance(type, Json)
    if type.dump is not None:
        value = type.dump(value)
    try:
        # In one order, so that equal documents are equal texts where JSON is kept as text.
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    except (TypeError, ValueError) as error:
        raise EncodingError(f"JSON has no form for {value!r} ({error}): give col.json(…) a dump and a load") from error
    if json.loads(text) != value:
        raise EncodingError(
            f"{value!r} would come back as {json.loads(text)!r}, as JSON has it: give col.json(…) a dump and a load"
        )
    return text


def json_decoder(type: SqlType) -> Any:
    """Text to the Python value of a JSON column."""
    import json

    assert isinstance(type, Json)
    loads, load = json.loads, type.load
    return loads if load is None else lambda text: load(loads(text))


def enum_value(value: Any, type: SqlType) -> str:
    """The value of a member."""
    assert isinstance(type, Enum)
    try:
        return str(type.python_type(value).value)
    except ValueError:
        raise EncodingError(
            f"{value!r} is no {type.python_type.__name__}: one of {', '.join(map(str, type.python_type))}"
        ) from None


def enum_decoder(type: SqlType) -> Any:
    """A stored value to its member."""
    assert isinstance(type, Enum)
    return {member.value: member for member in type.python_type}.__getitem__


def uuid_decoder(type: SqlType) -> Any:
    """Text to a UUID."""
    from uuid import UUID

    return UUID


def loaded(type: SqlType) -> Any:
    """A JSON document that is parsed already to the Python value of its column."""
    assert isinstance(type, Json)
    return type.load


def moment_decoder(type: SqlType) -> Callable[[Any], datetime]:
    """Text, in UTC, to a datetime."""
    assert isinstance(type, Timestamp)
    if not type.zone:
        return datetime.fromisoformat
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC)


JSON_DECODERS: dict[str, Callable[[SqlType], Callable[[Any], Any] | None]] = {
    "real": lambda type: float,
    "date": lambda type: date.fromisoformat,
    "time": lambda type: time.fromisoformat,
    "timestamp": moment_decoder,
    "interval": lambda type: lambda number: timedelta(microseconds=number),
    "uuid": uuid_decoder,
    "blob": lambda type: bytes.fromhex,
    "json": loaded,
    "enum": enum_decoder,
}
"""Values inside of JSON, in the forms on which the dialects agree."""


def like_pattern(text: str, position: str) -> str:
    """A LIKE pattern for a prefix, suffix or substring, its wildcards escaped with a backslash."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    before = "" if position == "prefix" else "%"
    after = "" if position == "suffix" else "%"
    return f"{before}{escaped}{after}"
