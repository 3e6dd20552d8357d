"""What an ordinary Worker does first: programs whose costs are measured and bounded. Their modules are together in the
wheel.
"""

IMPORT = """\
from qb import Database, Table, col, select
from dialects.d1 import D1, DIALECT
"""
TABLE = f"""{IMPORT}
class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()
"""
READ = f"""{TABLE}
from qb.rows import builder_for
query = select(Album.title).where(Album.id == 7)
query.compile(DIALECT)
builder_for(query, DIALECT)
"""
"""Everything that a point read does but sending it."""
WRITE = f"""{READ}
from qb import insert, update
insert(Album).values(title="Blue").compile(DIALECT)
update(Album).set(title="Hejira").where(Album.id == 7).compile(DIALECT)
"""
WORKER = f"""{TABLE}
from qb import query

@query
def album(id):
    return select(Album).where(Album.id == id)

async def request(binding):
    return await Database(D1(binding)).fetch_one(album(7))
"""
PRELOADED = f"""{WORKER}
from dialects.d1 import preload
preload(album(1))
"""
"""The same, with what Cloudflare does when the Worker is deployed."""
