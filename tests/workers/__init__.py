"""Python Workers, emulated: Pyodide in Node with Cloudflare's SDK, and a binding of workerd's D1."""
