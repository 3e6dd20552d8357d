// The methods of a KV namespace's binding, called from outside: POST {"method": "get", "arguments": ["key"]}

const METHODS = ["get", "put", "delete", "list"];

export async function call(namespace, { method, arguments: values }) {
  if (!METHODS.includes(method)) return Response.json({ error: `no method ${method}` }, { status: 400 });
  try {
    return Response.json({ result: (await namespace[method](...values)) ?? null });
  } catch (error) {
    return Response.json({ error: error.message }, { status: 400 });
  }
}
