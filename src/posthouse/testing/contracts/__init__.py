"""What every implementation of a port must do, as checks that anyone can run."""
