"""Conditions made of others

The evidence of a whole is that of the parts that decided it.
"""
