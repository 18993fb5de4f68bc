"""What reads strangers' bytes, given bytes that Hypothesis makes: `make fuzz` for long, the tests for a moment."""
