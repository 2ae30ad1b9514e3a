"""What runs Copyloom on one machine: the launcher, its servers and the checks of the repo."""
