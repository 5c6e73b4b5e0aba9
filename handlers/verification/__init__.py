"""Outside checks of any domain: the block `verify` asks here and names the topic that knows the system. Judges nothing."""
