"""Disclosure control: what may be printed together so that nobody recognises a respondent."""
