"""Changes of tables that are in use: nobody waits for longer than a change of the catalog takes."""
