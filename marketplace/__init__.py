"""The trading core: one road from a group order to its impact, for any Wagtail site."""

__version__ = "0.1.0"
