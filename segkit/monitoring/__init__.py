"""Movement, drift and review: who moved and why, what has shifted, and whether the segmentation still holds."""
