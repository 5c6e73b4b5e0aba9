"""The connectors against the sandbox: contracts, bad days, one effect a key."""
