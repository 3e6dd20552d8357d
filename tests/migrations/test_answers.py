"""What a person answers, as texts: what it means, and what is said of answers that mean nothing."""

from __future__ import annotations

from dataclasses import fields

import pytest

from qb.migrations.answers import Answers, suggested
from qb.migrations.diff import diff
from qb.migrations.errors import MigrationError
from qb.migrations.hints import Hints, Undecided
from qb.schema.objects import Column, Enum, Name, Schema, Sequence, Table

ID = Column("id", "integer")


def schema(name: str, table: Name, sequence: Name, enum: Name) -> Schema:
    """One of each."""
    return Schema(
        "postgres",
        schemas=(name,),
        enums=(Enum(enum, ("a", "b")),),
        sequences=(Sequence(sequence),),
        tables=(Table(table, (ID,)), Table(Name("app"), (ID,))),
    )


BEFORE = schema("old", Name("albums"), Name("numbers", "app"), Name("mood"))
AFTER = schema("new", Name("records", "app"), Name("no"), Name("feeling"))


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        ("albums=app.records", "tables", {Name("records", "app"): Name("albums")}),
        ("app.numbers=no", "sequences", {Name("no"): Name("numbers", "app")}),
        ("mood=feeling", "enums", {Name("feeling"): Name("mood")}),
        ("old=new", "schemas", {"new": "old"}),
        ("app.records.id=number", "columns", {(Name("records", "app"), "number"): "id"}),
        ("app.id=number", "columns", {(Name("app"), "number"): "id"}),
        ("app.numbers=count", "columns", {(Name("app"), "count"): "numbers"}),
        ("feeling.a=x", "labels", {(Name("feeling"), "x"): "a"}),
    ],
)
def test_what_is_renamed(text: str, field: str, found: object) -> None:
    answers = Answers(BEFORE, AFTER)
    answers.renamed(text)
    nothing = Hints()
    assert {each.name: getattr(answers.hints, each.name) for each in fields(Hints)} == {
        **{each.name: getattr(nothing, each.name) for each in fields(Hints)},
        field: found,
    }


@pytest.mark.parametrize("text", ["albums", "app.numbers", "mood"])
def test_what_is_dropped(text: str) -> None:
    answers = Answers(BEFORE, AFTER)
    answers.dropped(text)
    ((name, column),) = answers.hints.dropped
    assert (str(name), column) == (text, None)


def test_a_schema_that_is_dropped() -> None:
    answers = Answers(BEFORE, AFTER)
    answers.dropped("old")
    assert answers.hints == Hints(dropped_schemas=frozenset({"old"}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mood=happiness", "'mood=happiness': 'happiness' is no enum that is declared; these are feeling"),
        ("albums=no", "'albums=no': 'no' is no table that is declared; these are app.records, app"),
        (
            "number=no",
            "'number' names neither a table nor table.column; the tables are app.records, app; the sequences were "
            "app.numbers; the enums were mood",
        ),
    ],
)
def test_what_is_no_rename(text: str, message: str) -> None:
    with pytest.raises(MigrationError) as found:
        Answers(BEFORE, AFTER).renamed(text)
    assert str(found.value) == message


def test_every_question_comes_with_answers_that_answer_it() -> None:
    with pytest.raises(Undecided) as open_ones:
        diff(BEFORE, AFTER)
    questions = open_ones.value.questions
    assert [suggested(each) for each in questions] == [
        ["--renamed 'albums=app.records'", "--dropped 'albums'"],
        ["--renamed 'mood=feeling'", "--dropped 'mood'"],
        ["--renamed 'app.numbers=no'", "--dropped 'app.numbers'"],
    ]
    for place, count in ((0, 2), (1, 8)):  # the schemas have nothing in them
        answers = Answers(BEFORE, AFTER)
        for each in questions:
            option, text = suggested(each)[place].split(" ")
            {"--renamed": answers.renamed, "--dropped": answers.dropped}[option](text.strip("'"))
        done = [type(each).__name__ for each in diff(BEFORE, AFTER, answers.hints)]
        assert len([name for name in done if not name.startswith("Rename")]) == count
