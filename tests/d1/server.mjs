// workerd with D1 databases and KV namespaces, until the standard input ends.
//
//     node server.mjs PACKAGES '{"databases": 8, "token": "…"}'
//
// The first line of the output is its URL. What it answers is worker.mjs's business; its databases are bound as DB0,
// DB1, …, and its namespaces as KV0, KV1, ….

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const [packages, settings] = process.argv.slice(2);
const { Miniflare } = createRequire(`${packages}/`)("miniflare");
const { databases, token } = JSON.parse(settings);

const numbered = (name) =>
  Object.fromEntries(Array.from({ length: databases }, (_, number) => [`${name}${number}`, `${name}-${number}`]));

const miniflare = new Miniflare({
  modules: true,
  scriptPath: fileURLToPath(new URL("worker.mjs", import.meta.url)),
  modulesRoot: fileURLToPath(new URL(".", import.meta.url)),
  modulesRules: [{ type: "ESModule", include: ["**/*.mjs"] }],
  compatibilityDate: "2026-07-01",
  host: "127.0.0.1",
  cf: false, // else it would be asked for over the network
  bindings: { TOKEN: token },
  d1Databases: numbered("DB"),
  kvNamespaces: numbered("KV"),
});

console.log(String(await miniflare.ready));
process.stdin.resume();
process.stdin.on("end", async () => {
  await miniflare.dispose();
  process.exit(0);
});
