"""The only writers of a status, one verb a file."""
