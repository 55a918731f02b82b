"""What an account could buy: the upper end of similar customers, the market, the estimate of its owner."""
