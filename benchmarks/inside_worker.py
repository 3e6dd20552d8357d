"""What the benchmarks of Workers run inside of Pyodide. Times are milliseconds of the processor, of one thread."""

import json
import sys
from statistics import mean, median

from pyodide.code import run_js

milliseconds = run_js("() => { const used = process.threadCpuUsage(); return (used.user + used.system) / 1000; }")


class Loader:
    """Runs a module, and notes how long that took without what it imports."""

    def __init__(self, loader, finder):
        self.loader, self.finder = loader, finder

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        inner = self.finder.inner
        inner.append(0.0)
        started = milliseconds()
        self.loader.exec_module(module)
        took = milliseconds() - started
        self.finder.times[module.__name__] = took - inner.pop()
        if inner:
            inner[-1] += took
        self.finder.be_first()  # the wheel has a finder of its own, which one of its modules puts in front


class Finder:
    """Finds modules as Python does."""

    def __init__(self):
        self.times, self.inner = {}, []

    def be_first(self):
        if sys.meta_path[0] is not self:
            sys.meta_path[:] = [self, *[finder for finder in sys.meta_path if finder is not self]]

    def find_spec(self, name, path, target=None):
        specs = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = Loader(spec.loader, self)
        return spec


def forget():
    """Have all imports of qb to be done again. No compiled module is ever kept."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ("qb", "dialects"):
            del sys.modules[name]


def run_once(code, finder=None):
    """The milliseconds of some code that has its imports yet to do."""
    forget()
    finders = list(sys.meta_path)
    if finder is not None:
        sys.meta_path.insert(0, finder)
    started = milliseconds()
    exec(code, {"__name__": "worker"})
    took = milliseconds() - started
    sys.meta_path[:] = finders
    return took


def ran(code, rounds):
    """The first time, and the median of the others; as JSON."""
    first, *others = [run_once(code) for _ in range(rounds)]
    return json.dumps([first, median(others)])


def imported(code, rounds):
    """The time of each module that some code imports, without what it imports itself; as JSON. The clock
    ticks every few milliseconds: only many times together say more.
    """
    found = []
    for _ in range(rounds):
        finder = Finder()
        run_once(code, finder)
        found.append(finder.times)
    return json.dumps({name: mean([each[name] for each in found]) for name in found[-1]})


BINDING = """
class D1Database {
  constructor(rows, names) {
    this.rows = rows;
    this.objects = rows.map((row) => Object.fromEntries(row.map((value, place) => [names[place], value])));
  }
  prepare(sql) { return this; }
  bind(...values) { return this; }
  async all() { return { success: true, meta: { duration: 0.1 }, results: structuredClone(this.objects) }; }
  async raw() { return structuredClone(this.rows); }
}
(rows, names) => new D1Database(JSON.parse(rows), JSON.parse(names))
"""
"""A database that answers at once: what is left is what the Worker does itself."""


async def first_request(worker, rounds):
    """Milliseconds of the first request to a Worker, whose module has run before; the median of several ones."""
    binding = run_js(BINDING)(json.dumps([[7, "Blue"]]), json.dumps(["id", "title"]))
    times = []
    for _ in range(rounds):
        forget()
        finders = list(sys.meta_path)
        module = {"__name__": "worker"}
        exec(worker, module)
        started = milliseconds()
        await module["request"](binding)
        times.append(milliseconds() - started)
        sys.meta_path[:] = finders
    return median(times)


async def requests(rounds):
    """Milliseconds of a request, of its kinds, in turns; as JSON."""
    from qb import Table, col, query, select

    class Track(Table, name="tracks"):
        id = col.integer().primary_key()
        album_id = col.integer()
        position = col.integer()
        title = col.text()
        artist = col.text()
        genre = col.text().nullable()
        seconds = col.real()
        plays = col.integer()
        note = col.text().nullable()
        rating = col.integer()

    @query
    def track(id: int):
        return select(Track).where(Track.id == id)

    @query
    def tracks(album: int):
        return select(Track).where(Track.album_id == album)

    names = ["id", "album_id", "position", "title", "artist", "genre", "seconds", "plays", "note", "rating"]
    rows = [[n, 7, n, f"Track {n}", "Somebody", "jazz", n / 7, n * 3, None, n % 6] for n in range(1000)]
    make = run_js(BINDING)
    one = make(json.dumps(rows[:1]), json.dumps(names))
    many = make(json.dumps(rows), json.dumps(names))
    return json.dumps({1: await in_turns(one, track, rounds, 50), 1000: await in_turns(many, tracks, rounds, 2)})


async def in_turns(binding, prepared, rounds, repeats):
    """Milliseconds of each way to ask a prepared query, the median of several rounds."""
    from workers.rpc import _BindingWrapper

    from dialects.d1 import D1
    from qb import Database

    wrapped = _BindingWrapper(binding)
    sql, _ = prepared(7).compile(D1(binding).dialect)

    async def by_hand():
        return (await binding.prepare(sql).bind(7).all()).results.to_py()

    async def by_hand_wrapped():
        return (await wrapped.prepare(sql).bind(7).all())["results"]

    async def by_qb():
        return await Database(D1(binding)).fetch_all(prepared(7))

    async def by_qb_wrapped():
        return await Database(D1(wrapped)).fetch_all(prepared(7))

    ways = {"by hand": by_hand, "by hand, SDK": by_hand_wrapped, "qb": by_qb, "qb, SDK": by_qb_wrapped}
    times = {name: [] for name in ways}
    for number in range(rounds + 3):
        for name, way in ways.items():
            started = milliseconds()
            for _ in range(repeats):
                await way()
            if number > 2:  # the first rounds warm up
                times[name].append((milliseconds() - started) / repeats)
    return {name: median(each) for name, each in times.items()}
