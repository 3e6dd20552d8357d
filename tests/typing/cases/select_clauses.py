"""The rarer clauses of SELECT: they keep the row and the scope of a query."""

from schema import Album, Artist, Track, row

from qb import fn, literal, select

titles = select(Album.title, Album.released)

reveal_type(row(titles.distinct_on(Album.artist_id).order_by(Album.artist_id)).title)  # R: str
reveal_type(row(titles.fetch(3, with_ties=True)).released)  # R: date | None
reveal_type(row(titles.with_for_update(of=Album, skip_locked=True)).title)  # R: str
reveal_type(row(titles.with_for_update(of=(Album, Artist), read=True)).title)  # R: str
reveal_type(row(titles.order_by(Album.id).limit(5).clear("order_by", "limit")).title)  # R: str

titles.distinct_on(Artist.id).compile("postgres")  # E[qb-scope]: Artist.id
titles.distinct_on(Artist.id).join(Artist, on=Artist.id == Album.artist_id).compile("postgres")
titles.distinct_on("title")  # E[arg-type]: Argument 1 to "distinct_on" of "Select" has incompatible type "str"
titles.fetch("3")  # E[arg-type]: Argument 1 to "fetch" of "Select" has incompatible type "str"
titles.fetch(3, True)  # E[call-arg]: Too many positional arguments for "fetch"
titles.with_for_update(True)  # E[call-arg]: Too many positional arguments for "with_for_update"
titles.with_for_update(of="albums")  # E[arg-type]: Argument "of" to "with_for_update" of "Select"
titles.with_for_update(of=Artist).compile("postgres")  # E[qb-scope]: Artist is used in .with_for_update(), but Artist is not in this query: add .join(Artist, on=…)
titles.with_for_update(of=(Album, Artist)).compile("postgres")  # E[qb-scope]: Artist is used in .with_for_update()
titles.with_for_update(of=(Album, Artist)).join(Artist, on=Artist.id == Album.artist_id).compile("postgres")
titles.clear("orderby")  # E[arg-type]: Argument 1 to "clear" of "Select" has incompatible type
titles.clear("join")  # E[arg-type]: Argument 1 to "clear" of "Select" has incompatible type

# A clause that is taken away takes what it reads with it; joins stay.

joined = titles.join(Artist, on=Artist.id == Album.artist_id)
joined.clear("where", "order_by").where(Artist.name == "x").compile("sqlite")
titles.where(Track.title == "x").clear("where").compile("sqlite")
titles.where(Track.title == "x").clear("order_by").compile("sqlite")  # E[qb-scope]: Track.title
titles.order_by(Track.title).clear("order_by").compile("sqlite")
reveal_type(row(titles.left_join(Track, on=Track.album_id == Album.id).clear("where")).title)  # R: str
select(fn.count()).from_(Album).clear("limit").compile("sqlite")

# A row of DISTINCT may stand for several, so it is sorted by what is selected

once = select(Album.title, (Album.plays + 1).as_("next"), Album.released).distinct()
once.order_by(Album.title, Album.released.desc()).compile("postgres")
once.order_by((Album.plays + 1).desc()).compile("postgres")
select(Album).distinct().order_by(Album.plays).compile("postgres")
select(Album.title).distinct().clear("distinct").order_by(Album.plays).compile("postgres")
select(Album.title).distinct().distinct_on(Album.plays).order_by(Album.plays).compile("postgres")
once.order_by(Album.rating)  # E[qb-group]: Album.rating has no one value in a row of .distinct(), which may stand for several rows: select it, too
once.order_by(Album.title, fn.lower(Album.label).desc())  # E[qb-group]: Album.label has no one value in a row of .distinct()
select(Album.title).join(Artist, on=Artist.id == Album.artist_id).distinct().order_by(Artist.name)  # E[qb-group]: Artist.name has no one value

# A number of rows is one for the whole query

select(Album.id).limit(literal(2) + 1).offset(literal(1))
select(Album.id).where(Album.plays > 5).limit(fn.coalesce(select(fn.count(Artist.id)).scalar_subquery(), 0)).compile("sqlite")
some = select(Track.title).where(Track.album_id == Album.id).limit(Album.plays).lateral("some")
select(Album.title, some.title.as_("track")).join(some, on=literal(True)).compile("postgres")
select(Artist.name, some.title).join(some, on=literal(True)).compile("postgres")  # E[qb-scope]: Album.id is used in .join(), but Album is not in this query  # E[qb-scope]: Album.plays is used in .join()
select(Album.id).limit(Album.plays)  # E[qb-scope]: Album.plays is used in .limit(), which is one number for all rows: compute it in a sub-query
select(Album.id).offset(Album.plays + 1)  # E[qb-scope]: Album.plays is used in .offset()
select(Album.id).fetch(Album.plays)  # E[qb-scope]: Album.plays is used in .fetch()
select(Album.id).limit(Artist.id).compile("sqlite")  # E[qb-scope]: Artist.id is used in .limit(), but Artist is not in this query
select(Album.id).limit("5")  # E[arg-type]: Argument 1 to "limit" of "Select" has incompatible type "str"; expected "int | Expr[int, object]"
select(Album.id).limit(2.5)  # E[arg-type]: Argument 1 to "limit" of "Select" has incompatible type "float"
select(Album.id).limit(Album.title)  # E[arg-type]: Argument 1 to "limit" of "Select" has incompatible type "Column[str  # E[qb-scope]: Album.title is used in .limit()
select(Album.id).offset(None)  # E[arg-type]: Argument 1 to "offset" of "Selection" has incompatible type "None"
