"""保障对象: archives of qualification, allocation and sale, client units, and the data structure of protected persons.

Source: SH-195 to SH-198, SH-204, SH-205. It keeps what the flows did; it decides about nobody.
"""
