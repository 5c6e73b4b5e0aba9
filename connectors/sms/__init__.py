"""短信平台 (SMS platform): owner 市住房保障信息中心短信平台, interface document 短信接口规范 1.0.

Takes messages to citizens and tells whether they arrived. SH-016, SH-047.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("sms", "短信平台", "市住房保障信息中心", "短信接口规范", "1.0")
