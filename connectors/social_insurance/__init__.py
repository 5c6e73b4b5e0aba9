"""社保查询 through 委中台 (commission middle platform): owner 市人力资源社会保障局, document 社保查询接口规范 3.0.

Answers months of contribution and the present employer. SH-026.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("social_insurance", "社会保险查询", "市人力资源社会保障局（委中台）",
                          "社保查询接口规范", "3.0")
