"""公有住房系统 (public housing): owner 市房屋管理局公房管理处, interface document 公房核查接口规范 1.4.

Answers which public housing a person rents or is registered to live in. SH-027, SH-031.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("public_housing", "公有住房核查", "市房屋管理局公房管理处", "公房核查接口规范", "1.4")
