"""Charts: one shaped frame in, one altair chart out; the only package that imports altair."""
