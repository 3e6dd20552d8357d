// Cloudflare's REST API, as far as the tests need it, for the databases of this Worker.
//
//     POST /accounts/{account}/d1/database/{number as a UUID}/query | raw
//     GET | PUT | DELETE /accounts/{account}/storage/kv/namespaces/{number in 32 digits}/values/{key}
//     GET /accounts/{account}/storage/kv/namespaces/{number in 32 digits}/keys
//
// and the bindings of its KV namespaces, for those who are no Worker:
//
//     POST /kv/{number}

import { authenticated, failure } from "./answers.mjs";
import { query } from "./d1.mjs";
import { call, rest } from "./kv.mjs";

const DATABASE = /^\/accounts\/[0-9a-f]{32}\/d1\/database\/[0-9a-f]{8}-0000-4000-8000-([0-9]{12})\/(query|raw)$/;

const NAMESPACE = /^\/accounts\/[0-9a-f]{32}\/storage\/kv\/namespaces\/([0-9]{32})\/(keys|values\/.*)$/;

export default {
  async fetch(request, env) {
    const refused = authenticated(request, env);
    if (refused) return refused;
    const path = new URL(request.url).pathname;
    const database = DATABASE.exec(path);
    if (database && request.method === "POST") {
      const binding = env[`DB${Number(database[1])}`];
      if (binding === undefined) return failure(404, 7404, "The database could not be found");
      return query(binding, await request.json(), database[2]);
    }
    const kept = NAMESPACE.exec(path);
    if (kept) {
      const binding = env[`KV${Number(kept[1])}`];
      if (binding === undefined) return failure(404, 10013, "namespace not found");
      return rest(binding, request, kept[2]);
    }
    const namespace = env[`KV${/^\/kv\/([0-9]+)$/.exec(path)?.[1]}`];
    if (namespace && request.method === "POST") return call(namespace, await request.json());
    return failure(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
  },
};
