"""KPIs per segment and quarter: levels by the closing segment, rates over time by the opening one."""
