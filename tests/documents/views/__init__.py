"""Pages of documents and images."""
