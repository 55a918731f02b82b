"""Planted truth: invented German companies of which some stand twice or thrice, and a judge of who found them."""
