"""The case page: documents beside facts, the action panel, lists and figures; decides nothing itself."""
