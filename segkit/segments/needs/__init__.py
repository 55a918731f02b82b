"""Segments of persons by what they need: latent classes of their answers, and what accounts are made of."""
