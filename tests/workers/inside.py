"""What the tests run inside of Pyodide: the part of a Worker's runtime that hands it requests."""

import json

import js

TOKEN = "the token of the tests"


async def respond(method, path, body, raw, token=None, database=None):
    """The status and the text of what the Worker answers."""
    import workers.entrypoints as sdk
    from entry import Default

    env = js.Object.fromEntries([["DB", database or js.DB], ["MIGRATION_TOKEN", TOKEN]])
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    given = {"method": method, "headers": headers, **({} if body == "null" else {"body": body})}
    request = sdk.Request(f"https://games.example{path}", **given)
    worker = Default(js.Object.new(), env)
    if raw:
        worker.env = env
    response = await worker.fetch(request)
    return json.dumps([response.status, await response.js_object.text()])
