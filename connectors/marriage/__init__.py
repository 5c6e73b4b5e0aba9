"""婚姻数据接口 of the big-data centre: owner 市大数据中心（民政局）, document 婚姻数据接口规范 2.0.

Answers the registered marital state and whether the person is registered as deceased. SH-026, SH-033.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("marriage", "婚姻登记核查", "市大数据中心（民政局）", "婚姻数据接口规范", "2.0")
