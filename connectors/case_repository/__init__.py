"""办件库 (the city's case repository behind 一网通办 and 随申办): owner 市大数据中心, document 办件库接口规范 4.2.

Takes states, results and reasons that the applicant sees, supplement states, pre-fill and pre-check, and gives the
cases pending pre-review with their materials. SH-013, SH-015, SH-024, SH-033, SH-045.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("case_repository", "办件库", "市大数据中心", "办件库接口规范", "4.2")
