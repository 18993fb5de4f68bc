"""The chain rule along paths: which they are, and the product along each."""
