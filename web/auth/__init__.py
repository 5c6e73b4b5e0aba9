"""Who somebody is and what the person may open: accounts, sessions, throttling; decides no business question."""
