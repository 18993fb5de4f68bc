"""Pictures by URL, and frames for other pages."""
