"""The tellings of the demonstration, one data file a family of flows; a new flow is shown by adding a file here."""
