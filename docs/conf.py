"""The site of the manual: `make docs` builds it into `site/`, without network."""

project = "Livedo"
author = "the Livedo project"
copyright = "the Livedo project, Apache-2.0"
extensions = ["myst_parser"]
exclude_patterns = ["schema", "examples"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
suppress_warnings = ["myst.header"]
html_theme = "furo"
html_title = "Livedo"
html_show_sphinx = False
html_static_path = ["style"]
html_css_files = ["manual.css"]
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "default"
