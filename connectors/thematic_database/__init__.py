"""主题库 (the thematic database of housing): owner 市大数据中心, interface document 住房主题库归集规范 1.3.

Takes finished results for the city's shared data. SH-045.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("thematic_database", "住房主题库", "市大数据中心", "住房主题库归集规范", "1.3")
