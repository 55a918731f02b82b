"""Values of records in forms that can be compared: names, addresses, telephones, web addresses, identifiers.

Each function takes a Series of text and returns a Series or DataFrame with the same index. The forms are for comparing
and for blocking; what people read is never taken from them, unless a docstring says so.
"""
