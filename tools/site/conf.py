"""Sphinx, for the site that `make site` builds."""

project = "isp"
author = "the authors of isp"
html_title = "isp"
extensions = ["myst_parser", "sphinx.ext.mathjax"]
source_suffix = {".md": "markdown"}
exclude_patterns = [".doctrees"]
myst_enable_extensions = ["deflist", "fieldlist", "html_image"]
myst_heading_anchors = 3
html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
pygments_style = "friendly"
pygments_dark_style = "monokai"
