"""主题库: what the bureau's thematic database is told about a finished case."""
