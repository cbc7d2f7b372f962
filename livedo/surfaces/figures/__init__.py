"""Figures of the page: Vega-Lite specifications, drawn once as small, static SVG."""
