"""Games and their leaderboards, over HTTP.

GET  /games?genre=&words=&after=&limit=     a page of the games, by title
POST /games                                 a new game
POST /games/load                            many at once: all of them, or none
GET  /games/7                               one game
POST /games/7/scores                        a score
GET  /games/7/leaderboard?limit=            the best of each player

and, where the Worker has a MIGRATION_TOKEN, for who sends it as "Authorization: Bearer …":

GET  /migrations                            what was applied to the database, when and by which request
POST /migrations                            apply what was not
"""

from urllib.parse import parse_qs, urlsplit

from answers import BadRequestError, shown, wanted_game, wanted_genre, wanted_number, wanted_score
from queries import game, games, leaderboard
from tables import Game, Genre, Score
from workers import Request, Response, WorkerEntrypoint

from dialects.d1 import D1, preload
from qb import Database, insert
from qb.errors import CheckViolated, EncodingError, ForeignKeyViolated, NoRowFound, UniqueViolated

# What these need is imported and compiled when the Worker is deployed, and then no request has to.
preload(game(1), games(Genre.PUZZLE, "chess", "", 1), games(None, None, "", 1), leaderboard(1, 1))
preload(insert(Game).values(title="", genre=Genre.PUZZLE, tags=[]).returning(Game))


class Default(WorkerEntrypoint):
    """The Worker."""

    async def fetch(self, request: Request) -> Response:
        """Answer a request."""
        db = Database(D1(self.env.DB))
        try:
            if urlsplit(request.url).path == "/migrations":
                status, answer = await migrations(db, request, getattr(self.env, "MIGRATION_TOKEN", None))
            else:
                status, answer = await answered(db, request)
        except (BadRequestError, EncodingError, CheckViolated) as error:
            status, answer = 400, {"error": str(error).partition("\n")[0]}
        except (NoRowFound, ForeignKeyViolated):
            status, answer = 404, {"error": "there is no such game"}
        except UniqueViolated:
            status, answer = 409, {"error": "there is a game of this title"}
        return Response.from_json(answer, status=status)


async def migrations(db: Database, request: Request, token: str | None) -> tuple[int, object]:
    """The database gets its tables, while the Worker is developed."""
    from bundled import MIGRATIONS  # no other request needs this

    from dialects.d1.endpoint import migrate, status

    authorization = request.headers.get("authorization")
    if request.method == "POST":
        ray = request.headers.get("cf-ray")
        return await migrate(db, MIGRATIONS, token=token, authorization=authorization, request_id=ray)
    return await status(db, MIGRATIONS, token=token, authorization=authorization)


async def answered(db: Database, request: Request) -> tuple[int, object]:
    """The status and what is said."""
    url = urlsplit(request.url)
    asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
    match request.method, url.path.strip("/").split("/"):
        case "GET", ["games"]:
            genre = wanted_genre(asked["genre"]) if "genre" in asked else None
            limit = wanted_number(asked.get("limit", "20"), most=100)
            rows = await db.fetch_all(games(genre, asked.get("words"), asked.get("after", ""), limit))
            return 200, [shown(row) for row in rows]
        case "POST", ["games"]:
            new = insert(Game).values(**wanted_game(await request.json())).returning(Game)
            return 201, shown(await db.fetch_one(new))
        case "POST", ["games", "load"]:
            new_ones = [wanted_game(each) for each in await request.json()]
            return 201, {"loaded": await db.execute(insert(Game).values_many(new_ones))}
        case "GET", ["games", id]:
            return 200, shown(await db.fetch_one(game(wanted_number(id))))
        case "POST", ["games", id, "scores"]:
            player, points = wanted_score(await request.json())
            new_score = insert(Score).values(game_id=wanted_number(id), player=player, points=points)
            _, best = await db.batch(new_score, leaderboard(wanted_number(id), 1))
            return 201, {"leader": best[0].player}
        case "GET", ["games", id, "leaderboard"]:
            scores = await db.fetch_all(
                leaderboard(wanted_number(id), wanted_number(asked.get("limit", "10"), most=100))
            )
            return 200, [shown(row) for row in scores]
        case _:
            return 404, {"error": "there is no such address"}
