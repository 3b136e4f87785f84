"""Proposing what each column of an export becomes: by name, by likeness, by what stands in it."""
