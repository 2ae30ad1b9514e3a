"""The drawing behind the studio provider: pure Pillow, no Django, the same bytes everywhere."""
