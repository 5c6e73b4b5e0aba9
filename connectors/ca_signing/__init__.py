"""CA签章服务 of the digital certification centre: owner 市数字证书认证中心, interface document 电子签章接口规范 2.2.

Signs a document's hash in an agency's name and returns the receipt. Optional. SH-045.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("ca_signing", "CA 电子签章", "市数字证书认证中心", "电子签章接口规范", "2.2")
