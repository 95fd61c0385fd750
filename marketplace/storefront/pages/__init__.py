"""Page types for any Wagtail site, as abstract mixins: a site makes a concrete page of each it wants.

The mixins bring fields, panels, search and context; the site brings the model, its place in the tree and the template's
name (``marketplace/pages/…``, or its own).
"""
