"""To-do and done lists of one person: filtered, sorted and paged on the server, their state in the address."""
