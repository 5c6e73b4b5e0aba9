"""What the services of the diagrams do, one folder a domain. Knows no screens; a domain never imports another one.

`service_tasks` modules register topics, `records` modules declare tables, `documents` modules describe papers,
`schedule` modules name what runs by the clock. All are found by name; there is no list to maintain.
"""
