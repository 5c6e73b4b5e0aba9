"""The citizen's pages: choose a service, fill, check, send, follow; never shows what staff wrote for each other."""
