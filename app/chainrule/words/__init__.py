"""Numbers, shapes, tensors and nodes in words, and sentences that can be retold in another language."""
