"""The package behind the report on neighbourhood teams and diversity."""
