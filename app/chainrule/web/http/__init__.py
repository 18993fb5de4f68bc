"""What every request passes: limits, headers, compression, caching."""
