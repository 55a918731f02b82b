"""Reading exports, and guessing what stands in them."""
