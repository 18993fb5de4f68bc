"""Where everything stands: parts beside each other, boxes beside what takes them in."""
