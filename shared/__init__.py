"""How the backend works: schema, database, runtime. Imports neither `functions` nor `infra`."""
