"""违规违约记录 (violations and breaches): owner 市住房保障事务中心, document 违规违约记录接口规范 1.1.

Answers recorded violations and until when they bar a person from applying.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("violations", "违规违约记录核查", "市住房保障事务中心", "违规违约记录接口规范", "1.1")
