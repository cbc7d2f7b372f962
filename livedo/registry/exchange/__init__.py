"""The register as files that other programs read, and back again without loss.

`standing` is what was entered and stands, `rows` one row an instance with where each value
comes from, `csv_files` and `redcap` the two formats, `changes` what an import would enter.
"""
