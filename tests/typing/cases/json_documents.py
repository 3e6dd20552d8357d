"""Documents with other parts, and documents made of values."""

from datetime import date
from typing import TypedDict

from schema import Album, row

from qb import Table, alias, col, fn, select, update


class Config(TypedDict):
    theme: str
    level: int
    volume: float
    tags: list[str]


class User(Table, name="users"):
    id = col.integer().primary_key()
    name = col.text()
    config = col.json(Config)
    past = col.json(list[Config]).nullable()
    meta = col.json(dict[str, object])


other = alias(User, "other")

reveal_type(fn.json_set(User.config["theme"], "x"))  # R: Expr[TypedDict(json_documents.Config, {'theme': str, 'level': int, 'volume': float, 'tags': list[str]}), Literal['User.config']]
reveal_type(row(select(User.id, fn.json_set(User.past[0]["level"], User.id).as_("x"))).x)  # R: list[TypedDict(json_documents.Config, {'theme': str, 'level': int, 'volume': float, 'tags': list[str]})] | None
reveal_type(fn.json_remove(User.meta["a"]))  # R: Expr[dict[str, object], Literal['User.meta']]
reveal_type(fn.json_set(fn.json_value(User.meta, "a", returns=col.text()), "x"))  # R: Expr[Any, Literal['User.meta']]
update(User).set(config=fn.json_set(User.config["theme"], User.name)).where(User.id == 1)
update(User).set(config=fn.json_set(fn.json_set(User.config["level"], 1)["volume"], 5)).where(User.id == 1)
update(User).set(meta=fn.json_merge(User.meta, {"a": None}), past=fn.json_array()).where(User.id == 1)
update(Album).set(settings=fn.json_set(Album.settings["theme"], "x")).where(Album.id == 1)
update(User).set(config=fn.json_set(User.meta["theme"], "x")).where(User.id == 1)  # E[arg-type]: Argument "config" to "set" of "Update" has incompatible type
fn.json_set(User.config, {})  # E[qb-type]: User.config is not a part of a JSON document: write User.config[key]
fn.json_set(User.config["level"], "x")  # E[qb-type]: The part is int, but the value is str
fn.json_set(User.config["level"], 1.5)  # E[qb-type]: The part is int, but the value is float
fn.json_set(User.config["level"], None)  # E[qb-type]: The part is int, but the value is NULL
fn.json_set(User.config["level"], User.name)  # E[qb-type]: The part is int, but User.name is str
fn.json_set(User.meta["a"], date(2000, 1, 1))  # E[qb-type]: The value is date, which JSON does not have
fn.json_remove(User.config)  # E[qb-type]: User.config is not a part of a JSON document
fn.json_set("config", "x")  # E[arg-type]: Argument 1 to "json_set" has incompatible type "str"
fn.json_merge(User.past, {})  # E[qb-type]: User.past is list[Config], but fn.json_merge() is for objects
fn.json_merge(User.meta, [1])  # E[qb-type]: The value is list[int], but fn.json_merge() is for objects
fn.json_merge(User.meta, User.name)  # E[qb-type]: User.name is str, but fn.json_merge() is for objects

reveal_type(fn.json_array_length(User.config["tags"]))  # R: Expr[int, Literal['User.config']]
reveal_type(fn.json_array_length(User.past))  # R: Expr[int | None, Literal['User.past']]
fn.json_array_length(User.config)  # E[qb-type]: User.config is Config, but fn.json_array_length() is for lists
fn.json_array_length(User.name)  # E[qb-type]: User.name is str, but fn.json_array_length() is for lists

reveal_type(fn.json_object(id=User.id, at=fn.json_array(User.name)))  # R: Expr[TypedDict({'id': int, 'at': list[str]}), Literal['~User.id'] | Literal['~User.name']]
reveal_type(row(select(User.id, fn.json_object(s=Album.settings, n=5).as_("x"))).x["n"])  # R: int
reveal_type(fn.json_object(id=User.id)["id"])  # R: Expr[int, Literal['~User.id']]
reveal_type(fn.json_array(User.id, "x", None))  # R: Expr[list[int | str | None], Literal['~User.id']]
fn.json_object(id=User.id)["name"]  # E[qb-name]: The object has no key "name"; it has id
fn.json_object(at=Album.released)  # E[qb-type]: Album.released is date, which JSON does not have: give it as text
fn.json_array(Album.genre)  # E[qb-type]: Album.genre is Genre, which JSON does not have
fn.json_array(Album.price)  # E[qb-type]: Album.price is Decimal, which JSON does not have

reveal_type(fn.json_agg(User.name))  # R: AggregateExpr[list[str], Literal['~#User.name']]
reveal_type(fn.json_agg(User.past))  # R: AggregateExpr[list[list[TypedDict(json_documents.Config, {'theme': str, 'level': int, 'volume': float, 'tags': list[str]})] | None], Literal['~#User.past']]
reveal_type(fn.json_agg(fn.json_object(a=User.id)).filter(User.id > 1))  # R: AggregateExpr[list[TypedDict({'a': int})], Literal['~#User.id']]
reveal_type(fn.json_agg(User.name, order_by=User.id.desc()))  # R: AggregateExpr[list[str], Literal['~#User.name'] | Literal['~#User.id'] | Literal['@needs ORDER BY in an aggregate']]
fn.json_agg(User.name, order_by="name")  # E[arg-type]: Argument "order_by" to "json_agg" has incompatible type "str"
fn.json_agg(Album.price)  # E[qb-type]: Album.price is Decimal, which JSON does not have

reveal_type(User.config.has_key("theme"))  # R: Expr[bool, Literal['User.config']]
reveal_type(Album.settings.has_key("theme"))  # R: Expr[bool | None, Literal['Album.settings']]
reveal_type(User.config.json_contains({"theme": "x"}))  # R: Expr[bool, Literal['User.config'] | Literal['@needs .json_contains()']]
reveal_type(User.past.json_contains([]))  # R: Expr[bool | None, Literal['User.past'] | Literal['@needs .json_contains()']]
User.name.has_key("x")  # E[qb-type]: User.name is str, but .has_key() is for JSON documents
User.past.has_key("x")  # E[qb-type]: User.past is list[Config], but .has_key() is for JSON documents
User.config.has_key(1)  # E[arg-type]: Argument 1 to "has_key" of "Expr" has incompatible type "int"
User.name.json_contains("x")  # E[qb-type]: User.name is str, but .json_contains() is for JSON documents
