"""The storage of a chat, for SQLite, Cloudflare D1 and PostgreSQL, and a web application around it.

`schema.py` has the tables, `models.py` what callers get, `chat.py` the operations and `errors.py` what they raise;
`app.py` puts them on the web. Nothing of it knows which database it runs on.
"""
