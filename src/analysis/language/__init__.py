"""Words, number formats and phrases, one folder per language."""
