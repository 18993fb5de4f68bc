"""The HTTP side: the API, the pages, the pictures by URL."""
