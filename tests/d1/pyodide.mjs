// Python compiled to WebAssembly with bindings of D1 and KV, as a Python Worker has it.
//
//     node pyodide.mjs PACKAGES PYTHON REPOSITORY SCRIPT
//
// Runs the script's `main(env)` and prints what it returns, which is JSON.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [packages, version, repository, script] = process.argv.slice(2);
const require = createRequire(`${packages}/`);
const { Miniflare } = require("miniflare");
const { loadPyodide } = await import(require.resolve(`pyodide-${version}/pyodide.mjs`));

const miniflare = new Miniflare({
  modules: true,
  script: "export default { fetch: () => new Response() }",
  d1Databases: { DB: "one", OTHER: "other" },
  kvNamespaces: ["KV"],
  cf: false,
});
const python = await loadPyodide({ env: { PYTHONDONTWRITEBYTECODE: "1", HOME: "/" } });
python.mountNodeFS("/repository", repository);
const env = { DB: await miniflare.getD1Database("DB"), OTHER: await miniflare.getD1Database("OTHER") };
env.KV = await miniflare.getKVNamespace("KV");
python.registerJsModule("bindings", env);
python.runPython("import sys; sys.path.insert(0, '/repository')");
python.runPython(readFileSync(script, "utf8"));
console.log(await python.runPythonAsync("import bindings; await main(bindings)"));
await miniflare.dispose();
process.exit(0);
