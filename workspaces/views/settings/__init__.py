"""The settings of a workspace and of the person in it."""
