"""Identity: invented names, identity numbers, mobiles and company codes with right check digits. None is real:

region codes 310161 to 310176 and 329961 to 329976 were never assigned, 1699… is no mobile range, and company codes
carry an unassigned region too. So every number passes a format check and can belong to nobody.
"""

from __future__ import annotations

from datetime import date
from random import Random

from connectors.subject import check_digit

DISTRICTS = ("黄浦区", "徐汇区", "长宁区", "静安区", "普陀区", "虹口区", "杨浦区", "闵行区",
             "宝山区", "嘉定区", "浦东新区", "金山区", "松江区", "青浦区", "奉贤区", "崇明区")
ELSEWHERE = ("江苏省", "浙江省", "安徽省", "河南省", "江西省", "四川省")
RARE_NAMES = ("钱𬭚", "孙㛃", "周䶮", "吴𬭚㛃", "郑䶮䶮", "赵㛃𬭚")
DOTTED_NAMES = ("阿依努尔·买买提", "古丽·热合曼", "扎西·多吉", "艾力·吐尔逊", "迪丽·阿不都热依木江")

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛范彭郎鲁韦昌马苗花方"
_MALE = "伟强磊军勇杰涛明超刚平辉鹏飞斌浩宇轩晨峰志远建国文博嘉俊毅"
_FEMALE = "芳娜敏静丽艳娟霞秀英慧玲婷雪梅琳颖洁倩瑶怡欣悦佳雨萱思涵梦"
_STREETS = ("广厦", "安居", "乐业", "和风", "云栖", "晴川", "望潮", "听涛", "梧荫", "海棠")
_TRADES = ("科技", "物流", "餐饮管理", "精密机械", "信息服务", "医疗器械", "文化传播", "环境工程")
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def person_name(rng: Random, sex: str) -> str:
    """A surname and one or two characters."""
    given = _MALE if sex == "男" else _FEMALE
    return rng.choice(_SURNAMES) + "".join(rng.sample(given, rng.choice((1, 2, 2))))


def identity_number(district: int, local: bool, born_on: date, sex: str, serial: int) -> str:
    """18 characters; serial 0 to 499 keeps numbers of one region and day apart; odd ends are men's."""
    region = f"{'3101' if local else '3299'}{61 + district:02d}"
    first_17 = f"{region}{born_on:%Y%m%d}{(serial % 500) * 2 + (sex == '男'):03d}"
    return first_17 + check_digit(first_17)


def mobile(serial: int) -> str:
    """A number of an unassigned range."""
    return f"1699{serial % 10_000_000:07d}"


def address(rng: Random, district: str) -> str:
    lane = f"{rng.choice(_STREETS)}路{rng.randint(1, 999)}弄{rng.randint(1, 60)}号"
    return f"{district}{lane}{rng.randint(1, 18)}0{rng.randint(1, 4)}室"


def employer(rng: Random) -> tuple[str, str]:
    """Name and unified social credit code (GB 32100-2015) of an invented company."""
    name = f"上海{rng.choice(_STREETS)}{rng.choice(_TRADES)}有限公司"
    first_17 = "91310161MA" + "".join(rng.choice(_CODE_SIGNS) for _ in range(7))
    total = sum(_CODE_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first_17))
    return name, first_17 + _CODE_SIGNS[-total % 31]
