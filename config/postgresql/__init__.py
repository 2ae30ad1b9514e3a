"""Django's PostgreSQL backend, with a cheaper check of connections and prepared statements."""
