"""不动产登记 (real-estate registration): owner 市自然资源确权登记局, interface document 住房核查接口规范 2.1.

Answers which homes and other premises a person holds or held. SH-028, SH-031, SH-014.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("real_estate", "不动产登记住房核查", "市自然资源确权登记局", "住房核查接口规范", "2.1")
