"""What `import chainrule` offers, without a server."""
