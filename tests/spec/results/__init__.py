"""Results

Conditions on numbers, and on findings that were looked for.
"""
