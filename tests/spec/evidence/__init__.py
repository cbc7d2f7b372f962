"""Reasons"""
