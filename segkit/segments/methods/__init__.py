"""Segmentation methods, one function each: `registry.METHODS` names them, `assign.memberships` applies their models."""
