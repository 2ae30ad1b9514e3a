"""The workspace's own workflows: listed, shown, changed, moved in and out."""
