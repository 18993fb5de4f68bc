"""What is run by hand or by make, not by the application."""
