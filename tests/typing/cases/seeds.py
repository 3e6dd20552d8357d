"""Seeds have rows that an insert takes."""

from qb import Table, col, unique
from qb.migrations.seeds import Seed, seed


class Genre(Table, name="genres"):
    id = col.integer().primary_key()
    name = col.text()
    rank = col.integer().default(0)
    one_name = unique(name)


class Song(Table, name="songs"):
    id = col.integer().primary_key()
    genre_id = col.integer().references(lambda: Genre.id)


reveal_type(seed(Genre, [{"id": 1, "name": "Rock"}]))  # R: qb.migrations.seeds.Seed
names: list[str] = ["Rock", "${GENRE}"]
some: Seed = seed(Genre, ({"name": name, "rank": number} for number, name in enumerate(names)), by=[Genre.name])
seed(Genre, [], when="if_empty")
seed(Song, [{"genre_id": 1}], when="if_empty")

seed(Genre, [{"id": 1}])  # E[typeddict-item]: Expected TypedDict key "name" but found no keys
seed(Genre, [{"name": 5}])  # E[typeddict-item]: expression has type "int"
seed(Genre, [{"name": "x", "rnk": 5}])  # E[typeddict-item]: Expected TypedDict key "name" but found keys ("name", "rnk")
seed(Genre, [{"name": None}])  # E[typeddict-item]: expression has type "None"
seed(Genre, [], when="sometimes")  # E[arg-type]: expected "Literal['always', 'if_empty', 'if_missing']"
seed(names, [])  # E[arg-type]: Argument 1 to "seed" has incompatible type "list[str]"
seed(Song, [{"name": "Rock"}])  # E[typeddict-item]: Expected TypedDict key "genre_id" but found key "name" # E[typeddict-item]: Expected TypedDict key "genre_id" but found no keys
