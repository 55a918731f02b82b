"""Statistics that several stages use: resampling, comparisons of clusterings, intervals."""
