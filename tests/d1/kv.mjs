// KV namespaces for those who are no Worker: their bindings, and the calls of the REST API.

import { failure } from "./answers.mjs";

const METHODS = ["get", "put", "delete", "list"];
const LONGEST = 512;

// The methods of a namespace's binding: POST {"method": "get", "arguments": ["key"]}
export async function call(namespace, { method, arguments: values }) {
  if (!METHODS.includes(method)) return Response.json({ error: `no method ${method}` }, { status: 400 });
  try {
    return Response.json({ result: (await namespace[method](...values)) ?? null });
  } catch (error) {
    return Response.json({ error: error.message }, { status: 400 });
  }
}

// GET, PUT and DELETE values/{key}, and GET keys
export async function rest(namespace, request, path) {
  const url = new URL(request.url);
  if (path === "keys" && request.method === "GET") {
    const { searchParams: asked } = url;
    const { keys, cursor } = await namespace.list({
      prefix: asked.get("prefix"),
      limit: Number(asked.get("limit") ?? 1000),
      cursor: asked.get("cursor") || undefined,
    });
    const result = { result: keys, result_info: { count: keys.length, cursor: cursor ?? "" } };
    return Response.json({ ...result, success: true, errors: [], messages: [] });
  }
  const key = decodeURIComponent(path.slice("values/".length));
  if (new TextEncoder().encode(key).length > LONGEST) {
    return failure(414, 10022, `UTF-8 encoded length of ${key.length} exceeds key length limit of ${LONGEST}.`);
  }
  if (request.method === "PUT") {
    await namespace.put(key, await request.text());
  } else if (request.method === "DELETE") {
    await namespace.delete(key);
  } else {
    const value = await namespace.get(key);
    return value === null ? failure(404, 10009, "get: 'key not found'") : new Response(value);
  }
  return Response.json({ result: {}, success: true, errors: [], messages: [] });
}
