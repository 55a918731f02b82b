"""What an account will bring: models of repeat buying, of contracts, and the simple rule beside them."""
