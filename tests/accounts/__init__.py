"""Getting in, and being kept out."""
