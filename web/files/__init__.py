"""Uploaded files: checked by content, named by us, kept outside the web root; serves none without asking who may see it."""
