"""Models as people have them, under the tape."""
