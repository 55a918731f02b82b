"""What may leave the project's folder, and in which form."""
