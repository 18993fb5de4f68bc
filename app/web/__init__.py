"""The web server: the API, the pictures, the pages."""

from app.web.application import create_app

__all__ = ["create_app"]
