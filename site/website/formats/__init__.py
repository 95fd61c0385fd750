"""How dates read, where Django's own way is not this site's."""
