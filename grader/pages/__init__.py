"""Pages in HTML: Jinja2 templates with autoescape, one style sheet, and pictures as inline SVG.

What a page is about comes from above as plain data; nothing here knows a format, a class or a server.
"""
