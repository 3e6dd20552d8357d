"""All messages are seen together, and every one of them is in a case."""

from __future__ import annotations

from tests.typing.gallery import MAKE, PAGE, UNSAID, missing, page
from tests.typing.harness import Project, Report


def test_every_message_is_in_a_case(project: Project, cold: Report) -> None:
    assert missing(project) == UNSAID


def test_the_page_is_what_the_plugin_says(project: Project, cold: Report) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(project, cold), f"{PAGE.name} is old: make it new with `{MAKE}`"
