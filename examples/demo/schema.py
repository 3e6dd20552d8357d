"""The tables: the world's cities, and a traveller's diary."""

from qb import Table, col, index


class Continent(Table, name="continents"):
    code = col.varchar(2).primary_key()
    name = col.text().unique()


class Country(Table, name="countries"):
    code = col.varchar(2).primary_key()
    name = col.text().unique()
    continent_code = col.varchar(2).references(lambda: Continent.code)
    capital = col.text().nullable()
    currency = col.varchar(3).nullable()
    area = col.integer("area_km2").check(lambda area: area >= 0)
    languages = col.json(list[str])


class City(Table, name="cities"):
    id = col.integer().primary_key(generated=False)
    name = col.text()
    country_code = col.varchar(2).references(lambda: Country.code)
    timezone = col.text()
    population = col.integer()
    latitude = col.numeric(8, 5)
    longitude = col.numeric(8, 5)

    by_country = index(country_code, population.desc())
    by_name = index(name)


class Visit(Table, name="visits"):
    city_id = col.integer().primary_key(generated=False).references(lambda: City.id)
    times = col.integer().default(1)
    last_on = col.date()
    rating = col.numeric(3, 1).nullable()


TABLES = (Continent, Country, City, Visit)
