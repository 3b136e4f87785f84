"""Coded interviews come in from programs for qualitative analysis, and codings go out."""
