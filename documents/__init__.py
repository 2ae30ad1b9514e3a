"""Documents, their versions, images and reference files."""
