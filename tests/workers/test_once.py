"""What a Worker has in place of transactions, in the small wheel: batches that say what they depend on."""

from __future__ import annotations

import json

from tests.workers.emulation import Python

ONCE = """
import json
import js
from dialects.d1 import D1
from qb import Database, Table, col, exists, expect, insert, require, select, update
from qb.errors import RequirementFailed
from qb.idempotency import once

class Payment(Table, name="payments"):
    key = col.text().primary_key()

class Account(Table, name="accounts"):
    id = col.integer().primary_key()
    balance = col.integer()

db = Database(D1(js.DB))
for name in ("payments", "accounts"):
    await js.DB.prepare(f"DROP TABLE IF EXISTS {name}").run()
await js.DB.prepare("CREATE TABLE payments (key TEXT PRIMARY KEY)").run()
await js.DB.prepare("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)").run()
await db.execute(insert(Account).values(id=1, balance=100))

def paying(amount):
    return update(Account).set(balance=Account.balance - amount).where(Account.id == 1, Account.balance >= amount)

said = []
for _ in range(2):
    said.append(await once(db, insert(Payment).values(key="a"), paying(30)))
try:
    await db.batch(require(exists(select(Account.id).where(Account.id == 1)), "gone"), expect(paying(90)))
except RequirementFailed as error:
    said.append(error.args[0])
said.append(await db.fetch_value(select(Account.balance)))
json.dumps(said)
"""


def test_a_batch_in_place_of_a_transaction(python: Python) -> None:
    assert json.loads(python.run(ONCE)) == [[1], None, "another number of rows than 1 was changed", 70]
