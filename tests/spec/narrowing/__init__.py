"""Narrowing down"""
