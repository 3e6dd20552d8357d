"""Node and npm packages for the tests: workerd, wrangler and Pyodide."""
