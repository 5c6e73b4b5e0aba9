"""证照库 (the e-licence library): owner 市大数据中心, interface document 电子证照接口规范 3.1.

Keeps issued certificates and gives e-licences that the holder has authorised. SH-013, SH-016, SH-045, SH-046.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("licence_library", "电子证照库", "市大数据中心", "电子证照接口规范", "3.1")
