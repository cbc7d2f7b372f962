"""The person"""
