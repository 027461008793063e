"""What can be swapped, as protocols: the outer layers implement them, the inner ones only know these."""
