"""Reading `data/raw`: checksums, tables and settings, with every fault named."""
