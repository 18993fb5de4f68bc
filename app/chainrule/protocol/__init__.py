"""What crosses a process boundary: messages, frames, and the checks of what comes back."""
