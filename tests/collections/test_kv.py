"""What documents rely on in every kind of store."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import Database
from qb.documents import KV, FolderKV, KVEntry, TableKV, WorkersKV
from qb.documents.folder import file_name, key_of
from qb.documents.keys import LONGEST, Keys, check_id
from qb.uuids import uuid7_text
from tests.collections.binding import Binding

ENGINES = ("sqlite", "postgres", "d1")


async def test_a_text_is_there_as_it_was_put(any_kv: KV) -> None:
    for value in ("", "x", '{"a": "ü 🎉"}', "a\r\nb\n\rc", "x" * 1_000_000):
        await any_kv.put("a/b", value)
        assert await any_kv.get("a/b") == value


async def test_what_is_not_there_is_none(any_kv: KV) -> None:
    assert await any_kv.get("nothing") is None
    await any_kv.delete("nothing")


async def test_what_is_deleted_is_not_there(any_kv: KV) -> None:
    await any_kv.put("a", "1")
    await any_kv.put("b", "2")
    await any_kv.delete("a")
    assert (await any_kv.get("a"), await any_kv.get("b")) == (None, "2")


async def test_keys_come_in_order_and_by_their_beginning(any_kv: KV) -> None:
    for key in ("n/b/1", "n/a/2", "n/a/1", "n/B/1", "m/a/1", "no/a/1", "n/%2F/1", "n/a_b/1", "n/ü/1"):
        await any_kv.put(key, "x")
    found = [key async for key in any_kv.keys("n/")]
    assert found == ["n/%2F/1", "n/B/1", "n/a/1", "n/a/2", "n/a_b/1", "n/b/1", "n/ü/1"]
    assert [key async for key in any_kv.keys("n/a")] == ["n/a/1", "n/a/2", "n/a_b/1"]
    assert [key async for key in any_kv.keys("x/")] == []


# Folders

PARTS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(PARTS)
def test_a_name_of_a_file_stands_for_one_key(part: str) -> None:
    name = file_name(part)
    assert key_of(name) == part
    assert name == name.lower()
    assert name.isascii()
    assert not set(name) & set('/\\.:*?"<>| ')


async def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    kv = FolderKV(tmp_path / "kv")
    for key in ("../outside", "/etc/outside", "a/../../outside", "..\\outside", "~"):
        await kv.put(key, "x")
        assert await kv.get(key) == "x"
    assert os.listdir(tmp_path) == ["kv"]


async def test_a_key_that_makes_too_long_a_name(tmp_path: Path) -> None:
    kv = FolderKV(tmp_path)
    with pytest.raises(ValueError, match="makes a name of a file that is too long"):
        await kv.put("ä" * 100, "x")
    assert os.listdir(tmp_path) == []


async def test_a_file_that_was_not_finished_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kv = FolderKV(tmp_path)
    await kv.put("a/1", "old")

    def fail(*arguments: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", fail)
        for key in ("a/1", "a/2"):
            with pytest.raises(OSError, match="no space"):
                await kv.put(key, "new")
    assert [key async for key in kv.keys("a/")] == ["a/1"]
    assert await kv.get("a/1") == "old"
    await kv.put("a/2", "new")
    assert await kv.get("a/2") == "new"


# Tables


async def test_a_table_serves_on_every_engine(database: Database) -> None:
    await database.create_tables(KVEntry)
    kv = TableKV(database)
    await kv.put("a", "1")
    await kv.put("a", "2")
    assert await kv.get("a") == "2"
    assert [key async for key in kv.keys("")] == ["a"]


# Workers KV


async def test_long_lists_come_in_several_answers(binding: Binding) -> None:
    kv = WorkersKV(Binding(binding.url, binding.token, limit=2))
    for key in "abcde":
        await kv.put(f"n/{key}", "x")
    assert [key async for key in kv.keys("n/")] == ["n/a", "n/b", "n/c", "n/d", "n/e"]


async def test_the_longest_id_makes_a_key_that_is_taken(workers_kv: KV) -> None:
    for id in ("x" * LONGEST, "/" * LONGEST, "ä" * (LONGEST // 2)):
        key = Keys("n" * 50).key(check_id(id), uuid7_text())
        await workers_kv.put(key, "x")
        assert await workers_kv.get(key) == "x"
    with pytest.raises(RuntimeError, match="exceeds key length limit of 512"):
        await workers_kv.put("x" * 513, "x")


# Keys of documents


@given(PARTS, PARTS)
def test_a_key_stands_for_one_version(id: str, other: str) -> None:
    keys = Keys("notes")
    key = keys.key(id, "etag")
    assert keys.version(key) == (key, id, "etag")
    if other != id:
        assert not keys.key(other, "etag").startswith(key.removesuffix("etag"))


@pytest.mark.parametrize("key", ["notes", "notes/", "notes/a", "notes/a/b/c", "memos/a/b", "notesa/b"])
def test_other_keys_are_of_no_version(key: str) -> None:
    assert Keys("notes").version(key) is None
