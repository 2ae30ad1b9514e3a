"""The brief as people fill it in: questions on a page, and the answers that come back."""
