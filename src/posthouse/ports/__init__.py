"""What can be swapped, as protocols that the outer layers implement and the inner ones know."""
