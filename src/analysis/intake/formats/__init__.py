"""Reading export files: one reader per survey program, all with the same outcome."""
