"""征收安置房系统 (expropriation resettlement housing): owner 市房屋征收管理处, document 征收安置房核查接口规范 1.2.

Answers which resettlement homes a person received; rows only on a complete match. SH-029, SH-031.
"""

from connectors.interface import InterfaceInfo

INTERFACE = InterfaceInfo("resettlement", "征收安置住房核查", "市房屋征收管理处", "征收安置房核查接口规范", "1.2")
