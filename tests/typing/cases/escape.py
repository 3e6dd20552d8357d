"""What qb has no words for: `sql()` and `literal()`."""

from datetime import date
from decimal import Decimal

from schema import Album, Artist, Genre, row

from qb import fn, literal, select, sql

# sql() has the type that it says

soundex = sql("soundex({})", Artist.name, returns=str)
reveal_type(soundex)  # R: Sql[str, Literal['~Artist.name'] | Literal['@raw']]
reveal_type(row(select(soundex.as_("sound"))).sound)  # R: str
reveal_type(row(select(sql("now()").as_("moment"))).moment)  # R: Any
reveal_type(soundex == "R163")  # R: Expr[bool, Literal['~Artist.name'] | Literal['@raw']]
select(Artist.name).where(sql("{} % 2 = {}", Artist.id, 0, returns=bool), soundex.startswith("R"))
select(Artist.name).where(sql("random() < 0.5"))

soundex + 1  # E[qb-type]: The expression is str, but the value is int: there is no "+" between them
soundex == 5  # E[qb-type]: The expression is str, but the value is int
select(Artist.name).where(soundex)  # E[arg-type]: expected "Expr[bool | None, object]"
select(Artist.name).where("name = 'x'")  # E[arg-type]: has incompatible type "str"; expected "Expr[bool | None, object]"
sql("lower({})", Artist.name, returns="str")  # E[call-overload]: No overload variant of "sql" matches argument types
sql(Artist.name)  # E[call-overload]: No overload variant of "sql" matches argument type "Column[str
sql("{} + {}", Album.plays)  # E[qb-type]: sql() has 2 holes and was given 1 value
sql("lower(name)", Artist.name)  # E[qb-type]: sql() has 0 holes and was given 1 value
sql("'{{}}' || {}", Artist.name)

# A statement says which tables it writes

reveal_type(sql("UPDATE albums SET plays = {}", 0, writes=[Album, Artist]))  # R: Sql[Any, Never]
reveal_type(sql("add_album({})", "x", returns=int, writes=[Album]))  # R: Sql[int, Never]
sql("VACUUM", writes=())
sql("UPDATE albums SET plays = 0", writes="albums")  # E[arg-type]: Argument "writes" to "sql" has incompatible type "str"
sql("UPDATE albums SET plays = 0", writes=["albums"])  # E[list-item]: List item 0 has incompatible type "str"; expected "type[Table]"
sql("UPDATE albums SET plays = 0", writes=[Album.plays])  # E[list-item]: List item 0 has incompatible type "Column[int

# Its holes are in scope, or not

select(Album.title).where(sql("soundex({}) = 'R163'", Artist.name, returns=bool)).compile("sqlite")  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query
select(sql("{} || {}", Album.title, Artist.name, returns=str)).compile("sqlite")  # E[qb-scope]: Album and Artist are selected, but not joined

# literal() is a value

reveal_type(literal(1))  # R: Expr[int, Never]
reveal_type(row(select(literal("x").as_("x"), literal(date(2024, 1, 1)).as_("day"))).day)  # R: date
reveal_type(row(select(literal(Decimal(1)).as_("one"))).one)  # R: Decimal
reveal_type(literal("x") + Album.title)  # R: Expr[str, Literal['Album.title']]
reveal_type(fn.upper(literal("x")))  # R: Expr[str, Never]
reveal_type(literal(Genre.rock) == Album.genre)  # R: Expr[bool, Literal['Album.genre']]
literal(1) == "1"  # E[qb-type]: The expression is int, but the value is str
literal(1) + "1"  # E[qb-type]: The expression is int, but the value is str
literal("a").like(5)  # E[qb-type]: The expression is str, but the value is int
select(1).compile("sqlite")  # E[qb-type]: select() takes columns, expressions and tables, not "int"; a plain value is literal(…)
