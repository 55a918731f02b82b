"""Live pages for managers and analysts; the only package that imports anywidget and Voila."""
