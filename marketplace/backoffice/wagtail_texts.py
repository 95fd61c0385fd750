"""Words of Wagtail's own admin that officers meet and Wagtail does not yet have in Chinese.

Named here so that they are gathered with our texts and translated in our catalogue;
once Wagtail brings them, a line can go.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

OFFICERS_READ = [
    gettext_noop("Actions (footer)"),
    gettext_noop("Add or show comments"),
    gettext_noop("Application"),
    gettext_noop("Close modal dialogs (like this one)"),
    gettext_noop("contrast"),
    gettext_noop("Cut"),
    gettext_noop("density"),
    gettext_noop("Edit account avatar"),
    gettext_noop("Enable custom keyboard shortcuts specific to Wagtail."),
    gettext_noop("Insert a block"),
    gettext_noop("Insert or edit a link"),
    gettext_noop(
        "JavaScript is required to use Wagtail, but it is currently disabled.<br /> "
        'Here are the <a href="https://www.enable-javascript.com/" target="_blank" rel="noreferrer">'
        "instructions how to enable JavaScript in your web browser</a>."
    ),
    gettext_noop("Keyboard shortcuts are currently enabled; manage your %(account_link)s to disable them."),
    gettext_noop("Monospace (code)"),
    gettext_noop("More contrast"),
    gettext_noop("Page types usage"),
    gettext_noop("Paste"),
    gettext_noop("Paste without formatting"),
    gettext_noop("Privacy and access"),
    gettext_noop("Save changes"),
    gettext_noop("Save your changes before leaving"),
    gettext_noop("Search all pages…"),
    gettext_noop("Section"),
    gettext_noop("Shortcuts"),
    gettext_noop("Show keyboard shortcuts"),
    gettext_noop("Snug"),
    gettext_noop("Sort by '%(label)s' in ascending order."),
    gettext_noop("Sort by '%(label)s' in descending order."),
    gettext_noop("Strike-through"),
    gettext_noop("Text editing"),
    gettext_noop("Text formatting"),
    gettext_noop("Theme preferences"),
    gettext_noop("Toggle checks"),
    gettext_noop("Toggle minimap"),
]
