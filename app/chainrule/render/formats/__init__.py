"""The formats of a picture, one module each."""
