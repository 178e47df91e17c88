"""What is written from the schema and the registry rather than by hand."""
