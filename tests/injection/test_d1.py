"""The same on D1, all in one database for each test: a database takes longer to make there than a test to run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import pytest

from qb import Database
from tests.injection import test_names, test_patterns, test_values
from tests.injection.hostile import NAMES, TEXTS

ENGINES = ("d1",)
Test = Callable[[Database, str], Awaitable[None]]
WITH_NAMES: list[Test] = [
    test_names.test_a_label,
    test_names.test_an_alias,
    test_names.test_a_sub_query_and_its_columns,
    test_names.test_values,
    test_names.test_a_window,
    test_patterns.test_no_character_of_an_affix_is_a_wildcard,
]


async def run(test: Test, db: Database, texts: Sequence[str]) -> None:
    """A test with each of some texts."""
    for text in texts:
        try:
            await test(db, text)
        except BaseException as error:
            error.add_note(f"with {text[:100]!r}")
            raise


async def test_texts(notes: Database) -> None:
    await run(test_values.test_a_value_is_a_parameter, notes, TEXTS)


@pytest.mark.parametrize("test", WITH_NAMES, ids=lambda test: test.__name__)
async def test_names_and_patterns(notes: Database, test: Test) -> None:
    await run(test, notes, NAMES)
