"""What the rules mean: one folder a chapter, one file a kind, one test a paragraph.

The docstring of a test is a paragraph of `docs/reference/manual.md`, its examples are the
examples there. `python -m tests.spec.manual` writes the manual.
"""
