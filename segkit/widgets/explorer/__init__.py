"""The explorer of notebooks 03 to 05: trying out segmentations without code."""
