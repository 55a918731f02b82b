"""How an account buys: trend, breadth, prices, returns, cost of care."""
