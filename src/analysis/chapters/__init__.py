"""Which facts become which blocks: one module per notebook."""
