"""Drugs, diagnoses, findings in time

Conditions on whether something held: now, within a window, at any time, for how long.
"""
