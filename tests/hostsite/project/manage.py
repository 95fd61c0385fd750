"""The manage.py of somebody else's site; a warning ends it, as in our own tests."""

from __future__ import annotations

import os
import sys
import warnings

if __name__ == "__main__":
    warnings.simplefilter("error")
    # Wagtail 8.0 on Django 5.2 asks for a storage default that Django 6 changes; nothing of ours.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(wagtail|taggit)(\.|$)")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hostsite.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
