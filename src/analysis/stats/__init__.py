"""Statistics of a survey with municipalities as units: numbers in, numbers out, nothing read."""
