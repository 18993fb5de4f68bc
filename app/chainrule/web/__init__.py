"""The web server: the API, the pictures, the pages."""

from chainrule.web.app import create_app

__all__ = ["create_app"]
