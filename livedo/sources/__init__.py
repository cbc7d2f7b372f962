"""Where facts come from: readers that turn sources into facts and a ledger."""
