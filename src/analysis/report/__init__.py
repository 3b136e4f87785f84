"""The report: blocks, pictures, document, exporters and ledger."""
