// The calls of the REST API on a D1 database.

import { failure, success } from "./answers.mjs";

const FORMATS = { query: "ARRAY_OF_OBJECTS", raw: "ROWS_AND_COLUMNS" };

// The binding's public methods lose what the API tells: `raw()` the figures, `all()` a second column of one name. Both
// ask the database itself in this way.
export async function query(binding, body, form) {
  const statements = body.batch ?? [body];
  const odd = statements.flatMap((each) => each.params ?? []).find((value) => typeof value === "boolean");
  if (odd !== undefined) return failure(400, 7400, "params: booleans are not supported");
  const response = await binding.fetcher.fetch(`http://d1/query?resultsFormat=${FORMATS[form]}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(statements.map(({ sql, params }) => ({ sql, params: params ?? [] }))),
  });
  const results = await response.json();
  return Array.isArray(results) ? success(results) : failure(400, 7500, results.error);
}
