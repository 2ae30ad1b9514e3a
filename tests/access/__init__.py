"""Who may open what: every URL of the site against everybody of the cast."""
